import { Badge, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { IconEar } from "@tabler/icons-react";

import { api } from "../../../../api/client";
import type { Schema } from "../../../../api/types";
import { useAction } from "../../../../components";
import { useFormat, useTexts } from "../../../../i18n";
import { flowPath } from "../queries";
import { texts } from "./texts";

type Run = Schema<"ShadowRun">;

/** Shadow tells a source what phones said lately, when it is asked to: where would it answer otherwise? */
export function Shadow({ name, source }: { name: string; source: string }) {
  const t = useTexts(texts);
  const run = useAction(() => api.post<Run>(`${flowPath(name)}/shadow`, { source }));
  return (
    <section aria-live="polite">
      <Title order={3} mb={4}>{t.shadow}</Title>
      {run.data ? (
        <Result run={run.data} />
      ) : (
        <Group justify="space-between">
          <Text size="sm" c="dimmed" style={{ flex: 1 }}>{t.shadowText}</Text>
          <Button size="compact-sm" variant="default" leftSection={<IconEar size={14} aria-hidden />} loading={run.isPending} onClick={() => { run.mutate(undefined); }}>
            {t.shadowRun}
          </Button>
        </Group>
      )}
    </section>
  );
}

function Result({ run }: { run: Run }) {
  const t = useTexts(texts);
  const format = useFormat();
  return (
    <Stack gap="xs">
      <Text size="sm">{t.shadowDone(run.changed, run.conversations, format.date(run.since))}</Text>
      {run.differences.map((d, i) => (
        <Card key={i} padding="sm">
          <Group gap="xs" mb={4}>
            <Badge color="gray">{t.times(d.count)}</Badge>
            <Text size="sm">
              {d.state ?? t.beginning}
              {d.text ? ` · ${t.saidOf(d.text)}` : ""}
            </Text>
          </Group>
          {d.before.length + d.after.length > 0 && (
            <>
              <Answers label={t.now} lines={d.before} />
              <Answers label={t.then} lines={d.after} />
            </>
          )}
        </Card>
      ))}
    </Stack>
  );
}

function Answers({ label, lines }: { label: string; lines: string[] }) {
  const t = useTexts(texts);
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Text size="xs" c="dimmed" w="5rem" pt={2} style={{ flex: "none" }}>{label}</Text>
      <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {lines.map((line) => line.replace(/^< /, "").replaceAll(/\n\| ?/g, "\n")).join("\n") || t.silent}
      </Text>
    </Group>
  );
}
