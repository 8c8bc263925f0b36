import { ActionIcon, Alert, Code, CopyButton, Group, Stack, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy, IconEyeOff } from "@tabler/icons-react";

import { common, useTexts } from "../i18n";

/** Secret shows what is shown once: a link, a key. */
export function Secret({ value, label }: { value: string; label: string }) {
  const t = useTexts(common);
  return (
    <Stack gap="sm">
      <Alert variant="light" color="yellow" icon={<IconEyeOff size={18} />}>
        {t.shownOnce}
      </Alert>
      <Group gap="xs" wrap="nowrap" align="stretch">
        <Code block aria-label={label} style={{ flex: 1, minWidth: 0, overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
          {value}
        </Code>
        <CopyIcon value={value} />
      </Group>
    </Stack>
  );
}

/** CopyIcon puts a text on the clipboard. */
export function CopyIcon({ value }: { value: string }) {
  const t = useTexts(common);
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t.copied : t.copy}>
          <ActionIcon variant="default" size="lg" aria-label={copied ? t.copied : t.copy} onClick={copy}>
            {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
