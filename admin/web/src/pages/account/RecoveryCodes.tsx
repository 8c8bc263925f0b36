import { Alert, Button, Code, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconDownload, IconEyeOff } from "@tabler/icons-react";

import { save } from "../../components/save";
import { common, useTexts } from "../../i18n";
import { texts } from "./texts";

/** RecoveryCodes shows them the one time that they can be seen. */
export function RecoveryCodes({ codes, done }: { codes: string[]; done: () => void }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  return (
    <Stack>
      <Text size="sm">{t.recoveryText}</Text>
      <Alert variant="light" color="yellow" icon={<IconEyeOff size={18} />}>
        {c.shownOnce}
      </Alert>
      <SimpleGrid cols={2} spacing="xs">
        {codes.map((code) => (
          <Code key={code} ta="center" py={6} fz="sm">
            {code}
          </Code>
        ))}
      </SimpleGrid>
      <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => { save("repartee-recovery-codes.txt", new Blob([codes.join("\n"), "\n"], { type: "text/plain" })); }}>
        {t.download}
      </Button>
      <Button onClick={done}>{t.kept}</Button>
    </Stack>
  );
}
