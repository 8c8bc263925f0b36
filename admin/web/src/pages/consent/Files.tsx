import { Button, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";

import { urlOf } from "../../api/client";
import { useTexts } from "../../i18n";
import { Import } from "./Import";
import { texts } from "./texts";

/** Files takes lists as CSV files, and gives the suppression list as one. */
export function Files() {
  const t = useTexts(texts);
  return (
    <section>
      <Title order={2} mb="md">
        {t.files}
      </Title>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card>
          <Stack gap="sm">
            <Title order={3}>{t.suppressions}</Title>
            <Text size="sm" c="dimmed">{t.suppressionsText}</Text>
            <Import what="suppressions" label={t.suppressions} />
            <Group>
              <Button component="a" href={urlOf("/suppressions/export")} download="suppressions.csv" variant="default" leftSection={<IconDownload size={16} />}>
                {t.exportList}
              </Button>
            </Group>
          </Stack>
        </Card>
        <Card>
          <Stack gap="sm">
            <Title order={3}>{t.contacts}</Title>
            <Text size="sm" c="dimmed">{t.contactsText}</Text>
            <Import what="contacts" label={t.contacts} />
          </Stack>
        </Card>
      </SimpleGrid>
    </section>
  );
}
