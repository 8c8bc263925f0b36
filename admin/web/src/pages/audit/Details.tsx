import { Button, Stack, Table, Text } from "@mantine/core";

import type { Change } from "../../api/types";
import { Changes, diff } from "../../components";
import { useFormat, useTexts } from "../../i18n";
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
  return <Changes fields={fields} titles={t} />;
}
