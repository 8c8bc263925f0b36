import { Button, Center, Code, Group, Stack, Text, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";

import { api } from "../../api/client";
import type { Schema } from "../../api/types";
import { CopyIcon, FormProblem, useSubmit } from "../../components";
import { common, useTexts } from "../../i18n";
import { texts } from "./texts";

interface TotpFormProps {
  secret: Schema<"TOTPSecret">;
  done: (recoveryCodes: string[]) => unknown;
}

/** TotpForm gives the secret to an app, and takes a code as the proof that it has it. */
export function TotpForm({ secret, done }: TotpFormProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const form = useForm({ initialValues: { code: "" }, validate: { code: isNotEmpty(c.required) } });
  const send = ({ code }: { code: string }) => api.put<Schema<"RecoveryCodes">>("/me/totp", { code: code.replaceAll(" ", "") });
  const { onSubmit, busy, problem } = useSubmit(form, send, (answer) => done(answer.recovery_codes));
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text size="sm">{t.scan}</Text>
        <Center>
          <img src={secret.qr} alt={t.qr} width={208} height={208} style={{ background: "#fff", padding: 12, borderRadius: 8 }} />
        </Center>
        <Group gap="xs" wrap="nowrap">
          <Code block aria-label={t.secret} style={{ flex: 1, overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
            {secret.secret}
          </Code>
          <CopyIcon value={secret.secret} />
        </Group>
        <FormProblem problem={problem} />
        <TextInput label={t.code} inputMode="numeric" autoComplete="one-time-code" data-autofocus {...form.getInputProps("code")} />
        <Button type="submit" loading={busy}>
          {t.confirm}
        </Button>
      </Stack>
    </form>
  );
}
