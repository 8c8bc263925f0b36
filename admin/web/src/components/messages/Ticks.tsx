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

interface TicksProps {
  status: string;
  size?: number;
  /** What the state is of, where it does not stand beside its message. */
  label?: (state: string) => string;
}

/** Ticks tell what became of a message to a phone. */
export function Ticks({ status, size = 16, label }: TicksProps) {
  const t = useTexts(texts);
  const [Sign, color] = icons[markOf(status)];
  const state = nameOf(status, t.status);
  const name = label ? label(state) : state;
  return (
    <Tooltip label={name}>
      <Sign role="img" aria-label={name} size={size} stroke={2} color={color} style={{ flexShrink: 0 }} />
    </Tooltip>
  );
}
