import { UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";

import type { Message } from "../../api/types";
import { messageTexts, Reasons, Ticks } from "../../components/messages";
import { useFormat, useTexts } from "../../i18n";
import classes from "./conversations.module.css";

interface UnderProps {
  message: Message;
  open: boolean;
  toggle: () => void;
}

/** Under stands beside the time of a message: what became of it, and a way to its reasons. */
export function Under({ message, open, toggle }: UnderProps) {
  const t = useTexts(messageTexts);
  const format = useFormat();
  const Chevron = open ? IconChevronUp : IconChevronDown;
  const settled = ["sent", "delivered", "queued", "sending", "turn"].includes(message.status);
  const [name, until] = [t.status[message.status as keyof typeof t.status], message.status === "held" && message.hold_until];
  return (
    <>
      {message.direction === "out" && <Ticks status={message.status} />}
      {!settled && <span>{until ? `${name}, ${format.dateTime(until)}` : name}</span>}
      <UnstyledButton className={classes.why ?? ""} aria-expanded={open} onClick={toggle}>
        {t.why}
        <Chevron size={14} aria-hidden />
      </UnstyledButton>
    </>
  );
}

/** Details are the reasons of a message, below it. */
export function Details({ message }: { message: Message }) {
  return (
    <div className={classes.details}>
      <Reasons message={message} />
    </div>
  );
}
