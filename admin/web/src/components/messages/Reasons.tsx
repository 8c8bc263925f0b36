import { Code, Text } from "@mantine/core";
import type { ReactNode } from "react";

import type { Message } from "../../api/types";
import { useFormat, useTexts } from "../../i18n";
import classes from "./Reasons.module.css";
import { explainRule } from "./rules";
import { nameOf } from "./status";
import { ruleTexts, texts } from "./texts";

/** Reasons tell why a message is as it is, and what became of it. */
export function Reasons({ message: m }: { message: Message }) {
  const t = useTexts(texts);
  const format = useFormat();
  const inbound = m.direction === "in";
  const time = (at: string) => <time dateTime={at}>{format.exactly(at)}</time>;
  return (
    <dl className={classes.reasons}>
      <Reason name={t.state}>{nameOf(m.status, t.status)}</Reason>
      <Reason name={t.verdict}>{m.verdict && nameOf(m.verdict, t.verdicts)}</Reason>
      <Reason name={inbound ? t.tookIt : t.rule}>
        <Rule rule={m.rule} />
      </Reason>
      <Reason name={t.route}>{m.route && <Code>{m.route}</Code>}</Reason>
      <Reason name={t.class}>{nameOf(m.class, t.classes)}</Reason>
      <Reason name={t.program}>{m.program}</Reason>
      <Reason name={t.carrier}>{m.carrier}</Reason>
      <Reason name={t.segments}>{format.number(m.segments)}</Reason>
      <Reason name={t.attempts}>{m.attempts}</Reason>
      <Reason name={t.error}>{m.error !== undefined && String(m.error)}</Reason>
      <Reason name={inbound ? t.received : t.created}>{time(m.at)}</Reason>
      <Reason name={t.holdUntil}>{m.status === "held" && m.hold_until && time(m.hold_until)}</Reason>
      <Reason name={t.sentAt}>{m.sent_at && time(m.sent_at)}</Reason>
      <Reason name={t.doneAt}>{m.done_at && time(m.done_at)}</Reason>
      <Reason name={t.id}>
        <Code>{m.id}</Code>
      </Reason>
      {m.review && <Note>{t.review}</Note>}
      {(m.copies ?? 0) > 0 && <Note>{t.copies(m.copies ?? 0)}</Note>}
    </dl>
  );
}

function Reason({ name, children }: { name: string; children: ReactNode }) {
  if (children === undefined || children === "" || children === false || children === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <div>
      <dd className={classes.note}>{children}</dd>
    </div>
  );
}

/** Rule puts a rule into words; what the API calls it stands below. */
export function Rule({ rule }: { rule: string }) {
  const t = useTexts(texts);
  const { name, text, ways } = explainRule(rule, useTexts(ruleTexts));
  return (
    <>
      <Text span inherit fw={550}>
        {name}
      </Text>
      {text && <Text inherit>{text}</Text>}
      {ways.length > 0 && (
        <ol className={classes.ways} aria-label={t.ways}>
          {ways.map((way, i) => (
            <li key={i}>
              <Code>{way}</Code>
            </li>
          ))}
        </ol>
      )}
      {name !== rule && ways.length === 0 && (
        <Text inherit c="dimmed">
          {rule}
        </Text>
      )}
    </>
  );
}
