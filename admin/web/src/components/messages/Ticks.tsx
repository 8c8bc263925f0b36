import { Tooltip } from "@mantine/core";
import { IconAlertCircle, IconBan, IconCheck, IconChecks, IconClock, IconClockPause, IconHelpCircle, type Icon } from "@tabler/icons-react";

import { useTexts } from "../../i18n";
import { markOf, nameOf, type Mark } from "./status";
import { texts } from "./texts";

const icons: Record<Mark, [Icon, string]> = {
  waiting: [IconClock, "var(--mantine-color-dimmed)"],
  held: [IconClockPause, "var(--mantine-color-text)"],
  sent: [IconCheck, "var(--mantine-color-dimmed)"],
  delivered: [IconChecks, "var(--mantine-color-anchor)"],
  failed: [IconAlertCircle, "var(--mantine-color-error)"],
  refused: [IconBan, "var(--mantine-color-error)"],
  unknown: [IconHelpCircle, "var(--mantine-color-dimmed)"],
};

/** Ticks tell what became of a message to a phone. */
export function Ticks({ status, size = 16 }: { status: string; size?: number }) {
  const t = useTexts(texts);
  const [Sign, color] = icons[markOf(status)];
  const name = nameOf(status, t.status);
  return (
    <Tooltip label={name}>
      <Sign role="img" aria-label={name} size={size} stroke={2} color={color} style={{ flexShrink: 0 }} />
    </Tooltip>
  );
}
