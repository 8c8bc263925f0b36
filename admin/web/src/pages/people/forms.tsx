import { Button, Stack, Text, TextInput } from "@mantine/core";
import { isEmail, isNotEmpty, useForm } from "@mantine/form";

import { api } from "../../api/client";
import type { Person } from "../../api/types";
import { FormProblem, ProgramsInput, programsOf, RoleSelect, useSubmit } from "../../components";
import { common, useTexts } from "../../i18n";
import { texts } from "./texts";

interface Done {
  done: (person: Person) => unknown;
}

/** InviteForm makes an account, and the link with which its person takes it up. */
export function InviteForm({ done }: Done) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const form = useForm({
    initialValues: { name: "", email: "", role: "viewer", programs: [] as string[] },
    validate: { name: isNotEmpty(c.required), email: isEmail(c.required) },
  });
  const send = (values: typeof form.values) => api.post<Person>("/users", { ...values, programs: programsOf(values) });
  const { onSubmit, busy, problem } = useSubmit(form, send, done);
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {t.inviteText}
        </Text>
        <FormProblem problem={problem} />
        <TextInput label={c.name} data-autofocus {...form.getInputProps("name")} />
        <TextInput label={c.email} type="email" {...form.getInputProps("email")} />
        <RoleSelect {...form.getInputProps("role")} />
        <ProgramsInput role={form.values.role} {...form.getInputProps("programs")} />
        <Button type="submit" loading={busy}>
          {t.make}
        </Button>
      </Stack>
    </form>
  );
}

/** EditForm changes somebody's name, role and programs. */
export function EditForm({ person, done }: { person: Person } & Done) {
  const c = useTexts(common);
  const { name, role, programs } = person;
  const form = useForm({ initialValues: { name, role, programs }, validate: { name: isNotEmpty(c.required) } });
  const send = (values: typeof form.values) => api.patch<Person>(`/users/${person.id}`, { ...values, programs: programsOf(values) });
  const { onSubmit, busy, problem } = useSubmit(form, send, done);
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <FormProblem problem={problem} />
        <TextInput label={c.name} data-autofocus {...form.getInputProps("name")} />
        <RoleSelect {...form.getInputProps("role")} />
        <ProgramsInput role={form.values.role} {...form.getInputProps("programs")} />
        <Button type="submit" loading={busy}>
          {c.save}
        </Button>
      </Stack>
    </form>
  );
}
