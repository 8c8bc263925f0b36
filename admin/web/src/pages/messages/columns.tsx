import { Badge, Group, Text } from "@mantine/core";
import { IconArrowDownLeft, IconArrowUpRight } from "@tabler/icons-react";

import type { Message } from "../../api/types";
import { Phone, type Column } from "../../components";
import { colorOf, messageTexts, nameOf } from "../../components/messages";
import { common, useFormat, useTexts } from "../../i18n";
import { texts } from "./texts";

export function useColumns(): Column<Message>[] {
  const t = useTexts(texts);
  const c = useTexts(common);
  const m = useTexts(messageTexts);
  const format = useFormat();
  return [
    { key: "phone", title: t.phone, width: "13.5rem", render: (row) => <Who message={row} /> },
    { key: "text", title: t.text, render: (row) => <Text size="sm" truncate dir="auto">{row.text || <i>{t.hidden}</i>}</Text> },
    { key: "class", title: t.class, width: "8.5rem", wideOnly: true, render: (row) => nameOf(row.class, m.classes) },
    { key: "program", title: c.program, width: "9rem", wideOnly: true, render: (row) => row.program },
    { key: "status", title: t.status, width: "10.5rem", wideOnly: true, render: (row) => <Badge color={colorOf(row.status)}>{nameOf(row.status, m.status)}</Badge> },
    { key: "at", title: t.at, width: "11rem", align: "right", wideOnly: true, render: (row) => <time dateTime={row.at}>{format.exactly(row.at)}</time> },
  ];
}

function Who({ message: { direction, msisdn, short_code } }: { message: Message }) {
  const t = useTexts(texts);
  const Arrow = direction === "in" ? IconArrowDownLeft : IconArrowUpRight;
  return (
    <Group gap={8} wrap="nowrap">
      <Arrow size={16} role="img" aria-label={direction === "in" ? t.directions.in : t.directions.out} style={{ flexShrink: 0 }} color={direction === "in" ? "var(--mantine-color-anchor)" : "var(--mantine-color-dimmed)"} />
      <div style={{ minWidth: 0 }}>
        <Phone number={msisdn} size="sm" fw={550} />
        <Text size="xs" c="dimmed">{short_code}</Text>
      </div>
    </Group>
  );
}
