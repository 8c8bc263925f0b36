import { Anchor, Button, Card, Group, Text, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { Link } from "react-router";

import { request } from "../../api/client";
import { useMay } from "../../api/session";
import { useAction } from "../../components";
import { save } from "../../components/save";
import { useTexts } from "../../i18n";
import { texts } from "./texts";

/** Export gives the whole configuration as a file. */
export function Export() {
  const t = useTexts(texts);
  const audits = useMay("audit");
  const load = useAction(async () => (await request("GET", "/export")).blob(), (file) => { save(`repartee-${new Date().toISOString().slice(0, 10)}.yaml`, file); });
  return (
    <Card component="section" aria-label={t.exportTitle}>
      <Title order={2}>{t.exportTitle}</Title>
      <Text c="dimmed" mt={4} maw="44rem">{t.exportText}</Text>
      <Group mt="md">
        <Button variant="default" leftSection={<IconDownload size={18} />} loading={load.isPending} onClick={() => { load.mutate(undefined); }}>
          {t.download}
        </Button>
        {audits && <Anchor component={Link} to="/settings/audit" size="sm">{t.history}</Anchor>}
      </Group>
    </Card>
  );
}
