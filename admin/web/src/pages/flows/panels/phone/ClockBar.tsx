import { Button, Group, Menu, Popover, Stack, TextInput } from "@mantine/core";
import { IconBolt, IconClock } from "@tabler/icons-react";
import { useState } from "react";

import { useTexts } from "../../../../i18n";
import { ahead, type Moment } from "./lines";
import { useClock } from "./Talk";
import { texts } from "./texts";

interface ClockBarProps {
  last: Moment | undefined;
  events: string[];
  onLine: (line: string) => void;
}

/** ClockBar lets time pass, and things happen. */
export function ClockBar({ last, events, onLine }: ClockBarProps) {
  const t = useTexts(texts);
  const clock = useClock();
  const next = last?.next;
  return (
    <Group gap={6} role="group" aria-label={t.clock}>
      <Button size="compact-sm" variant="default" onClick={() => { onLine("@ +5m"); }}>{t.minutes(5)}</Button>
      <Button size="compact-sm" variant="default" onClick={() => { onLine("@ +1h"); }}>{t.hours(1)}</Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={!next}
        onClick={() => { if (last && next) onLine(ahead(last.now, next)); }}
      >
        {next ? t.nextTimer(clock(next)) : t.noTimer}
      </Button>
      <SetTime last={last} onLine={onLine} />
      {events.length > 0 && (
        <Menu position="top-start">
          <Menu.Target>
            <Button size="compact-sm" variant="default" leftSection={<IconBolt size={13} aria-hidden />}>{t.event}</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {events.map((event) => (
              <Menu.Item key={event} onClick={() => { onLine(`* ${event}`); }}>{event}</Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  );
}

function SetTime({ last, onLine }: Omit<ClockBarProps, "events">) {
  const t = useTexts(texts);
  const [opened, setOpened] = useState(false);
  const [at, setAt] = useState("");
  const now = last?.now.slice(0, 16) ?? "2026-11-20T12:00";
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus position="top">
      <Popover.Target>
        <Button size="compact-sm" variant="default" leftSection={<IconClock size={13} aria-hidden />} onClick={() => { setAt(now); setOpened(!opened); }}>
          {t.setTime}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={(event) => { event.preventDefault(); setOpened(false); onLine(`@ ${at}`); }}>
          <Stack gap="xs">
            <TextInput type="datetime-local" label={t.timeLabel} min={now} required value={at} onChange={(event) => { setAt(event.currentTarget.value); }} />
            <Button type="submit" size="xs">{t.setTime}</Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
