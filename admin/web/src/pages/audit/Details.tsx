import { Button, Code, Stack, Table, Text } from "@mantine/core";

import type { Change } from "../../api/types";
import { useFormat, useTexts } from "../../i18n";
import { diff } from "./diff";
import { actionOf, texts } from "./texts";

/** Details tells all of one change. */
export function Details({ change, onlyThis }: { change: Change; onlyThis: () => void }) {
  const t = useTexts(texts);
  const format = useFormat();
  const facts = [
    [t.when, format.exact(change.at)],
    [t.who, change.caller || t.nobody],
    [t.what, actionOf(change.action, t)],
    [t.object, change.object],
    [t.program, change.program],
    [t.from, change.address],
    [t.request, change.request],
  ] as const;
  return (
    <Stack gap="lg">
      <Table layout="fixed" variant="vertical" withTableBorder>
        <Table.Tbody>
          {facts.map(
            ([name, value]) =>
              value && (
                <Table.Tr key={name}>
                  <Table.Th w="7rem">{name}</Table.Th>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
                </Table.Tr>
              ),
          )}
        </Table.Tbody>
      </Table>
      <Fields change={change} />
      <Button variant="default" onClick={onlyThis}>
        {t.onlyThis}
      </Button>
    </Stack>
  );
}

function Fields({ change }: { change: Change }) {
  const t = useTexts(texts);
  const fields = diff(change.before, change.after);
  if (fields.length === 0) return <Text c="dimmed">{t.noDiff}</Text>;
  return (
    <Table layout="fixed" withTableBorder>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.field}</Table.Th>
          <Table.Th>{t.before}</Table.Th>
          <Table.Th>{t.after}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {fields.map(({ field, before, after }) => (
          <Table.Tr key={field}>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{field}</Table.Td>
            <Table.Td>{before !== undefined && <Value color="red" text={before} />}</Table.Td>
            <Table.Td>{after !== undefined && <Value color="teal" text={after} />}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Value({ color, text }: { color: string; text: string }) {
  return (
    <Code bg={`var(--mantine-color-${color}-light)`} style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
      {text || "—"}
    </Code>
  );
}
