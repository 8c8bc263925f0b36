import { Button, Stack, Text, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { api, ApiError, segment } from "../../api/client";
import type { Contact } from "../../api/types";
import { FormProblem, useSubmit } from "../../components";
import { common, useTexts } from "../../i18n";
import { texts } from "./texts";

const digitsOf = (typed: string): string => typed.replaceAll(/\D/g, "").replace(/^00/, "");

/** NewContact makes somebody of whom nothing is known, and opens them. */
export function NewContact() {
  const t = useTexts(texts);
  const c = useTexts(common);
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { phone: "", first_name: "", last_name: "" }, validate: { phone: isNotEmpty(c.required) } });
  const send = ({ phone, ...doc }: typeof form.values) => api.put<Contact>(`/contacts/${segment(digitsOf(phone))}`, doc, { headers: { "If-None-Match": "*" } });
  const known = (error: unknown) => {
    if (!(error instanceof ApiError)) return false;
    const wrong = error.errors.find((e) => e.location?.startsWith("path."));
    if (error.changed) form.setFieldError("phone", t.exists);
    else if (wrong) form.setFieldError("phone", wrong.message);
    return error.changed || wrong !== undefined;
  };
  const { onSubmit, busy, problem } = useSubmit(
    form,
    send,
    async (contact) => {
      await client.invalidateQueries({ queryKey: ["/contacts"] });
      await navigate(`/contacts/${contact.msisdn}`);
    },
    known,
  );
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text c="dimmed" size="sm">{t.addText}</Text>
        <FormProblem problem={problem} />
        <TextInput label={c.phone} description={t.phoneHint} inputMode="tel" autoComplete="off" data-autofocus {...form.getInputProps("phone")} />
        <TextInput label={t.firstName} maxLength={60} autoComplete="off" {...form.getInputProps("first_name")} />
        <TextInput label={t.lastName} maxLength={60} autoComplete="off" {...form.getInputProps("last_name")} />
        <Button type="submit" loading={busy}>
          {t.make}
        </Button>
      </Stack>
    </form>
  );
}
