import { Badge, Group, Text } from "@mantine/core";
import { IconArrowDownLeft, IconArrowUpRight } from "@tabler/icons-react";

import type { ReactNode } from "react";

import type { Message } from "../../api/types";
import { Phone, type Column } from "../../components";
import { colorOf, messageTexts, nameOf } from "../../components/messages";
import { useFormat, useTexts } from "../../i18n";
import { texts } from "./texts";

export function useColumns(): Column<Message>[] {
  const t = useTexts(texts);
  const m = useTexts(messageTexts);
  const format = useFormat();
  return [
    { key: "phone", title: t.phone, width: "12rem", render: (row) => <Who message={row} /> },
    { key: "text", title: t.text, render: (row) => <Text size="sm" truncate dir="auto">{row.text || <i>{t.hidden}</i>}</Text> },
    { key: "class", title: t.class, width: "9rem", wideOnly: true, render: (row) => <Two first={nameOf(row.class, m.classes)} second={row.program} /> },
    { key: "status", title: t.status, width: "12rem", wideOnly: true, render: (row) => <Badge color={colorOf(row.status)}>{nameOf(row.status, m.status)}</Badge> },
    { key: "at", title: t.at, width: "8.5rem", align: "right", wideOnly: true, render: (row) => <Two first={<time dateTime={row.at}>{format.timeExactly(row.at)}</time>} second={format.date(row.at)} /> },
  ];
}

/** Two stands in two lines, the second one smaller. */
function Two({ first, second }: { first: ReactNode; second: ReactNode }) {
  return (
    <>
      <Text size="sm" truncate>{first}</Text>
      <Text size="xs" c="dimmed" truncate>{second}</Text>
    </>
  );
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
