import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";

import { api } from "../../api/client";
import { useMe } from "../../api/session";
import type { Me } from "../../api/types";
import { FormProblem, NewPassword, tooShort, useSubmit } from "../../components";
import { common, useTexts } from "../../i18n";
import { Part } from "./Part";
import { texts } from "./texts";

/** PasswordForm changes the own password. */
export function PasswordForm() {
  const t = useTexts(texts);
  const c = useTexts(common);
  const me = useMe();
  const client = useQueryClient();
  const form = useForm({
    initialValues: { old: "", new: "" },
    validate: { old: isNotEmpty(c.required), new: tooShort(c.passwordHint) },
  });
  const { onSubmit, busy, problem } = useSubmit(form, (values) => api.put<Me>("/me/password", values), () => {
    form.reset();
    notifications.show({ message: t.changed });
    return client.invalidateQueries({ queryKey: ["sessions"] });
  });
  return (
    <Part title={t.passwordTitle} text={t.passwordText}>
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          <FormProblem problem={problem} />
          <input type="hidden" autoComplete="username" value={me.email ?? ""} readOnly />
          <PasswordInput label={t.oldPassword} autoComplete="current-password" {...form.getInputProps("old")} />
          <NewPassword label={t.newPassword} {...form.getInputProps("new")} />
          <Group>
            <Button type="submit" loading={busy}>
              {t.change}
            </Button>
          </Group>
        </Stack>
      </form>
    </Part>
  );
}
