import { Button, PasswordInput, Stack, Text } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";

import { api } from "../../api/client";
import type { Me } from "../../api/types";
import { FormProblem, useSubmit } from "../../components";
import { common, useTexts } from "../../i18n";
import { texts } from "./texts";

/** DropForm ends the use of the second factor; the password proves who asks. */
export function DropForm({ done }: { done: () => unknown }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const form = useForm({ initialValues: { password: "" }, validate: { password: isNotEmpty(c.required) } });
  const { onSubmit, busy, problem } = useSubmit(form, (values) => api.del<Me>("/me/totp", values), done);
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text size="sm">{t.dropText}</Text>
        <FormProblem problem={problem} />
        <PasswordInput label={c.password} autoComplete="current-password" data-autofocus {...form.getInputProps("password")} />
        <Button type="submit" color="red" loading={busy}>
          {t.drop}
        </Button>
      </Stack>
    </form>
  );
}
