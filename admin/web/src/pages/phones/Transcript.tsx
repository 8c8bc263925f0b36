import { Text, VisuallyHidden } from "@mantine/core";
import { IconCheck, IconClock, IconExclamationCircle } from "@tabler/icons-react";
import { useEffect, useRef } from "react";

import type { PhoneText } from "../../api/types";
import { messageOf, phoneText } from "../../components";
import { common, useFormat, useTexts } from "../../i18n";
import type { VirtualPhone } from "./phones";
import classes from "./phones.module.css";
import { texts } from "./texts";

interface TranscriptProps {
  phone: VirtualPhone;
  code: string;
  items: PhoneText[];
  error: Error | null;
}

/** Transcript shows the texts of a phone as its screen would, and stays at the newest. */
export function Transcript({ phone, code, items, error }: TranscriptProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const screen = useRef<HTMLDivElement>(null);
  const newest = items.at(-1)?.number;
  useEffect(() => {
    screen.current?.scrollTo({ top: screen.current.scrollHeight });
  }, [newest]);
  return (
    // A region that scrolls has to be reached by the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={screen} className={classes.screen} role="log" aria-label={t.textsOf(phoneText(phone.number))} tabIndex={0}>
      {error && (
        <Text size="sm" c="red" ta="center">
          {messageOf(error, c.errors)}
        </Text>
      )}
      {!error && items.length === 0 && (
        <Text size="sm" c="dimmed" ta="center" my="auto">
          {t.nothing(code)}
        </Text>
      )}
      {items.map((item) => <Bubble key={item.number} item={item} />)}
    </div>
  );
}

const stateIcons = { waiting: IconClock, acknowledged: IconCheck, rejected: IconExclamationCircle };

function Bubble({ item }: { item: PhoneText }) {
  const t = useTexts(texts);
  const format = useFormat();
  const Icon = item.state && stateIcons[item.state];
  return (
    <div className={item.received ? classes.received : classes.sent}>
      <VisuallyHidden>{item.received ? item.short_code : t.me}: </VisuallyHidden>
      <div className={classes.bubble} dir="auto">
        {item.text}
      </div>
      <Text size="xs" c="dimmed" className={classes.meta ?? ""}>
        {item.received && <span aria-hidden>{item.short_code} · </span>}
        <time dateTime={item.at}>{format.time(item.at)}</time>
        {item.segments > 1 && ` · ${t.segments(item.segments)}`}
        {Icon && item.state && (
          <span title={t.states[item.state]}>
            <Icon size={13} aria-label={t.states[item.state]} role="img" />
          </span>
        )}
      </Text>
    </div>
  );
}
