import { Button, Select, Stack, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";

import { api } from "../../api/client";
import type { Key } from "../../api/types";
import { FormProblem, ProgramsInput, programsOf, RoleSelect, useSubmit } from "../../components";
import { common, useTexts } from "../../i18n";
import { texts } from "./texts";

/** How many days a key is good. */
const days = { month: 30, quarter: 90, year: 365, always: 0 };
type Life = keyof typeof days;

const expiry = (life: Life) => (days[life] ? { expires_at: new Date(Date.now() + days[life] * 86_400_000).toISOString() } : {});

/** KeyForm makes a key. */
export function KeyForm({ done }: { done: (key: Key) => unknown }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const form = useForm({
    initialValues: { name: "", role: "viewer", programs: [] as string[], expires_at: "year" as Life },
    validate: { name: isNotEmpty(c.required) },
  });
  const send = ({ name, role, programs, expires_at }: typeof form.values) =>
    api.post<Key>("/keys", { name, role, programs: programsOf({ role, programs }), ...expiry(expires_at) });
  const { onSubmit, busy, problem } = useSubmit(form, send, done);
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <FormProblem problem={problem} />
        <TextInput label={t.nameLabel} description={t.nameHint} data-autofocus {...form.getInputProps("name")} />
        <RoleSelect {...form.getInputProps("role")} />
        <ProgramsInput role={form.values.role} {...form.getInputProps("programs")} />
        <Select
          label={t.expires}
          allowDeselect={false}
          data={(Object.keys(days) as Life[]).map((life) => ({ value: life, label: t.lives[life] }))}
          {...form.getInputProps("expires_at")}
        />
        <Button type="submit" loading={busy}>
          {t.make}
        </Button>
      </Stack>
    </form>
  );
}
