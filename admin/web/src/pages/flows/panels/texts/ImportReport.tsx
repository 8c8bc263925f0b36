import { Alert, Badge, Button, Group, ScrollArea, Stack, Table, Text } from "@mantine/core";
import { useMemo } from "react";

import { useTexts } from "../../../../i18n";
import { imported, type Finding } from "./exchange";
import type { Change, Row } from "./model";
import { texts } from "./texts";

interface ImportReportProps {
  table: string;
  rows: Row[];
  languages: string[];
  onApply: (changes: Change[]) => void;
}

/** ImportReport tells what a table would change, before it does. */
export function ImportReport({ table, rows, languages, onApply }: ImportReportProps) {
  const t = useTexts(texts);
  const found = useMemo(() => imported(table, rows, languages), [table, rows, languages]);
  if (typeof found === "string") return <Alert color="red" variant="light">{t.unreadable[found]}</Alert>;
  const changed = found.findings.filter((f) => f.verdict === "changed").length;
  return (
    <Stack>
      <Text role="status">{t.summary(changed, found.unchanged)}</Text>
      {found.ignored.length > 0 && <Text size="sm" c="dimmed">{t.ignored(found.ignored.join(", "))}</Text>}
      {found.findings.length > 0 && <Findings findings={found.findings} />}
      <Group justify="flex-end">
        <Button disabled={changed === 0} onClick={() => { onApply(found.changes); }}>{changed > 0 ? t.apply(changed) : t.nothing}</Button>
      </Group>
    </Stack>
  );
}

const colors = { changed: "teal", unknown: "yellow", refused: "red" } as const;

function Findings({ findings }: { findings: Finding[] }) {
  const t = useTexts(texts);
  return (
    <ScrollArea.Autosize mah="55dvh">
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.line}</Table.Th>
            <Table.Th>{t.text}</Table.Th>
            <Table.Th>{t.language}</Table.Th>
            <Table.Th>{t.verdict}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {findings.map((f) => (
            <Table.Tr key={`${f.line} ${f.language}`}>
              <Table.Td>{f.line}</Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                <Text size="xs" c="dimmed" ff="monospace">{f.key}</Text>
                {f.before !== undefined && <Text size="sm" td="line-through" c="dimmed">{f.before}</Text>}
                {f.after !== undefined && <Text size="sm">{f.after}</Text>}
              </Table.Td>
              <Table.Td>{f.language}</Table.Td>
              <Table.Td>
                <Badge color={colors[f.verdict]}>{t.verdicts[f.verdict]}</Badge>
                {f.reason && <Text size="xs">{t.reasons[f.reason]}</Text>}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}
