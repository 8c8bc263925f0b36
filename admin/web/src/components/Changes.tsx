import { Code, Table } from "@mantine/core";

import type { FieldChange } from "./diff";

interface ChangesProps {
  fields: FieldChange[];
  /** The titles of the columns. */
  titles: { field: string; before: string; after: string };
}

/** Changes shows fields before and after, or in two versions. */
export function Changes({ fields, titles }: ChangesProps) {
  return (
    <Table layout="fixed" withTableBorder>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{titles.field}</Table.Th>
          <Table.Th>{titles.before}</Table.Th>
          <Table.Th>{titles.after}</Table.Th>
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
