import { Alert, Badge, Button, List, Stack, Table, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";

import { sentence } from "../../components";
import type { Planned } from "../../components/objects";
import { useTexts } from "../../i18n";
import { texts } from "./texts";

type Op = "create" | "update" | "keep";

const signs: Record<Op, string> = { create: "+", update: "~", keep: "=" };
const colours: Record<Op, string> = { create: "teal", update: "blue", keep: "gray" };

/** changesIn are the lines of a plan that do something. */
export const changesIn = ({ plan }: Planned) => plan.filter((c) => c.op !== "keep");

/** Plan shows what a file does, or did. */
export function Plan({ planned, done }: { planned: Planned; done: boolean }) {
  const t = useTexts(texts);
  const [kept, setKept] = useState(false);
  const count = (op: Op) => planned.plan.filter((c) => c.op === op).length;
  const shown = kept ? planned.plan : changesIn(planned);
  return (
    <Stack gap="sm">
      <div>
        <Title order={3}>{done ? t.done : t.plan}</Title>
        <Text size="sm" c="dimmed">{shown.length === 0 && !done ? t.nothing : t.counts(count("create"), count("update"), count("keep"))}</Text>
      </div>
      {planned.warnings.length > 0 && (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} title={t.warnings}>
          <List size="sm">{planned.warnings.map((w, i) => <List.Item key={i}>{sentence(w.hint ? `${w.text}: ${w.hint}` : w.text)}</List.Item>)}</List>
        </Alert>
      )}
      {shown.length > 0 && (
        <Table withTableBorder layout="fixed">
          <Table.Tbody>
            {shown.map((c) => (
              <Table.Tr key={`${c.kind} ${c.key}`}>
                <Table.Td w="8.5rem" style={{ verticalAlign: "top" }}>
                  <Badge color={colours[c.op]} leftSection={<span aria-hidden>{signs[c.op]}</span>}>{t.ops[c.op]}</Badge>
                </Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <Text size="sm"><Text span inherit c="dimmed">{c.kind}</Text> <Text span inherit fw={550}>{c.key}</Text></Text>
                  {c.fields.map((field) => <Text key={field} size="xs" c="dimmed">{field}</Text>)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {count("keep") > 0 && (
        <Button variant="subtle" size="compact-sm" style={{ alignSelf: "start" }} onClick={() => { setKept(!kept); }}>
          {kept ? t.hideKept : t.showKept(count("keep"))}
        </Button>
      )}
    </Stack>
  );
}
