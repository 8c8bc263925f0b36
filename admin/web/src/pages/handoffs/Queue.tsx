import { Badge, Group, Text } from "@mantine/core";
import { Link, useParams } from "react-router";

import type { Handoff } from "../../api/types";
import { Phone, RelativeTime } from "../../components";
import { useTexts } from "../../i18n";
import classes from "./handoffs.module.css";
import { texts } from "./texts";
import { useCaller } from "./useCaller";

/** Queue lists who waits, the longest first. */
export function Queue({ items }: { items: Handoff[] }) {
  const t = useTexts(texts);
  const open = useParams()["*"];
  if (items.length === 0) {
    return (
      <Text c="dimmed" p="md" ta="center">
        {t.emptyTitle}
      </Text>
    );
  }
  return (
    <ul className={classes.queue} aria-label={t.queue}>
      {items.map((h) => (
        <li key={h.conversation}>
          <Link to={`/handoffs/${h.conversation}`} className={classes.item} aria-current={h.conversation === open || undefined}>
            <Group justify="space-between" gap="xs" wrap="nowrap">
              <Phone number={h.msisdn} fw={580} size="sm" />
              <Text span size="xs" c="dimmed" title={t.since}>
                <RelativeTime at={h.since} />
              </Text>
            </Group>
            <Group justify="space-between" gap="xs" wrap="nowrap" mt={4}>
              <Text size="xs" c="dimmed" truncate>
                {h.program} · {h.group}
              </Text>
              <Holder by={h.by} />
            </Group>
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** Holder tells who answers a conversation. */
export function Holder({ by }: { by: string | undefined }) {
  const t = useTexts(texts);
  const me = useCaller();
  if (!by) return <Badge color="yellow" style={{ flexShrink: 0 }}>{t.nobody}</Badge>;
  return by === me ? <Badge color="teal" style={{ flexShrink: 0 }}>{t.mine}</Badge> : <Badge color="gray">{t.by(by.replace(/@.*/, ""))}</Badge>;
}
