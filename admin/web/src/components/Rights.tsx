import { Select, TagsInput, Text } from "@mantine/core";

import { roles, type Role } from "../api/types";
import { common, useTexts } from "../i18n";

/** RoleSelect chooses a role, and says what each may do. */
export function RoleSelect(props: Record<string, unknown>) {
  const t = useTexts(common);
  return (
    <Select
      label={t.role}
      allowDeselect={false}
      data={roles.map((role) => ({ value: role, label: t.roles[role] }))}
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{option.label}</Text>
          <Text size="xs" c="dimmed">
            {t.roleHints[option.value as Role]}
          </Text>
        </div>
      )}
      {...props}
    />
  );
}

/** ProgramsInput narrows rights to programs. An owner has all. */
export function ProgramsInput({ role, ...props }: { role: string } & Record<string, unknown>) {
  const t = useTexts(common);
  return <TagsInput label={t.programs} description={t.programsHint} clearable splitChars={[",", " "]} {...props} disabled={role === "owner"} />;
}

/** programsOf are the programs to send: none for an owner, who has all. */
export const programsOf = ({ role, programs }: { role: string; programs: string[] }) => (role === "owner" ? [] : programs);
