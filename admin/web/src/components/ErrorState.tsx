import { Button, Center, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconPlugConnectedX, IconRefresh } from "@tabler/icons-react";

import { common, useTexts } from "../i18n";
import { messageOf } from "./errors";

/** ErrorState stands where something could not be read, and tries again. */
export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useTexts(common);
  return (
    <Center py={56} px="md" role="alert">
      <Stack align="center" gap="xs" maw="28rem" ta="center">
        <ThemeIcon variant="light" color="red" size={52} radius="xl" mb="xs" aria-hidden>
          <IconPlugConnectedX size={26} />
        </ThemeIcon>
        <Title order={2}>{t.errors.title}</Title>
        <Text c="dimmed">{messageOf(error, t.errors)}</Text>
        {retry && (
          <Button variant="default" mt="sm" leftSection={<IconRefresh size={16} />} onClick={retry}>
            {t.retry}
          </Button>
        )}
      </Stack>
    </Center>
  );
}
