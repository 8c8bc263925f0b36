import { Button, Group, Text } from "@mantine/core";

import { Secret } from "../../components";
import { common, useTexts } from "../../i18n";
import { texts } from "./texts";

/** NewSecret shows a secret, once. */
export function NewSecret({ secret, close }: { secret: string; close: () => void }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  return (
    <>
      <Secret value={secret} label={t.secret} />
      <Text size="sm" mt="md">
        {t.secretUse}
      </Text>
      <Group justify="flex-end" mt="lg">
        <Button onClick={close}>{c.done}</Button>
      </Group>
    </>
  );
}
