import { PasswordInput } from "@mantine/core";

import { common, useTexts } from "../i18n";

/** The fewest characters that the API takes. */
const fewest = 12;

/** tooShort refuses early what the API would refuse. */
export const tooShort = (hint: string) => (password: string) => (password.length < fewest ? hint : null);

/** NewPassword is the field in which a password is chosen. */
export function NewPassword({ label, ...props }: { label?: string } & Record<string, unknown>) {
  const t = useTexts(common);
  return <PasswordInput label={label ?? t.password} description={t.passwordHint} autoComplete="new-password" {...props} />;
}
