import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";

import type { Imported } from "../../api/types";
import { sentence } from "../../components";
import { csvFile, save } from "../../components/save";
import { useFormat, useTexts } from "../../i18n";
import { badRows } from "./badrows";
import { texts } from "./texts";

/** How many bad rows are shown; the file for download has all. */
const shown = 50;

/** Report tells what became of the rows of a file. */
export function Report({ file, report }: { file: File; report: Imported }) {
  const t = useTexts(texts);
  const format = useFormat();
  const download = async () => { save(`bad-${file.name}`, csvFile(badRows(report.bad, await file.text()))); };
  const counts = [
    [t.rows, report.rows],
    [t.taken, report.taken],
    [t.bad, report.bad.length],
  ] as const;
  return (
    <Stack gap="sm">
      <Text fw={600} style={{ overflowWrap: "anywhere" }}>{t.report(file.name)}</Text>
      <Group gap="xl">
        {counts.map(([name, n]) => (
          <div key={name}>
            <Text size="xl" fw={620}>{format.number(n)}</Text>
            <Text size="sm" c="dimmed">{name}</Text>
          </div>
        ))}
      </Group>
      {report.bad.length === 0 ? <Text size="sm">{t.allGood}</Text> : <Bad bad={report.bad} />}
      {report.bad.length > 0 && (
        <Group>
          <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => void download()}>
            {t.download}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Bad({ bad }: { bad: Imported["bad"] }) {
  const t = useTexts(texts);
  return (
    <>
      <Table.ScrollContainer minWidth={0} mah={320}>
        <Table withTableBorder stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="5rem">{t.line}</Table.Th>
              <Table.Th>{t.why}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {bad.slice(0, shown).map(({ line, why }, i) => (
              <Table.Tr key={i}>
                <Table.Td>{line}</Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{sentence(why)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {bad.length > shown && <Text size="sm" c="dimmed">{t.badShown(shown)}</Text>}
    </>
  );
}
