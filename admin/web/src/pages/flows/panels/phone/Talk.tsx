import { Badge, Group, Text, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconBolt, IconClock, IconHourglass } from "@tabler/icons-react";

import { useLanguage, useTexts } from "../../../../i18n";
import { kindOf, wallClock, type Moment, type Said } from "./lines";
import classes from "./phone.module.css";
import { texts } from "./texts";

/** useClock writes the times of a rehearsal. */
export function useClock() {
  const { language } = useLanguage();
  const short = new Intl.DateTimeFormat(language, { weekday: "short", hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
  return (at: string) => short.format(wallClock(at));
}

interface TalkProps {
  lines: string[];
  moments: Moment[];
  /** How many lines at the beginning only set the scene. */
  hidden: number;
}

/** Talk shows what each line caused. */
export function Talk({ lines, moments, hidden }: TalkProps) {
  const now = moments.at(-1)?.now ?? "";
  return lines.map((line, i) => {
    const moment = moments[i];
    // A line has no name but its place: they are only added and taken at the end.
    return i < hidden && !moment?.problem ? null : <Turn key={i} line={line} moment={moment} now={now} />;
  });
}

function Turn({ line, moment, now }: { line: string; moment: Moment | undefined; now: string }) {
  return (
    <>
      <Heard line={line} moment={moment} />
      {moment?.problem && <Problem text={moment.problem} />}
      {moment?.said.map((said, i) => <Bubble key={i} said={said} now={now} />)}
      {moment && (moment.rule || moment.trace.length > 0) && <Trace moment={moment} />}
    </>
  );
}

function Heard({ line, moment }: { line: string; moment: Moment | undefined }) {
  const t = useTexts(texts);
  const clock = useClock();
  const { kind, who, text } = kindOf(line);
  switch (kind) {
    case "phone":
      return <div className={classes.heard}><span className={classes.who}>{t.phone}</span>{text}</div>;
    case "staff":
      return <div className={classes.heard} data-staff><span className={classes.who}>{who}</span>{text}</div>;
    case "clock":
      return <div className={classes.note}><IconClock size={14} aria-hidden /> {moment ? clock(moment.now) : text}</div>;
    case "event":
      return <div className={classes.note}><IconBolt size={14} aria-hidden /> {text.replace(/^start\b/, t.started)}</div>;
    default:
      return <div className={classes.note}>{line}</div>;
  }
}

function Problem({ text }: { text: string }) {
  return (
    <div className={classes.problem}>
      <IconAlertTriangle size={16} aria-hidden /> {text}
    </div>
  );
}

function Bubble({ said, now }: { said: Said; now: string }) {
  const t = useTexts(texts);
  const clock = useClock();
  const waits = said.held !== undefined && Date.parse(said.held) > Date.parse(now);
  return (
    <div className={classes.said} data-staff={said.to ? true : undefined} data-held={waits || undefined}>
      {said.to && <span className={classes.who}>{t.to(said.to)}</span>}
      {said.standard && <span className={classes.who}>{t.standard(said.standard)}</span>}
      <div className={classes.words}>{said.text ?? `(${said.standard ?? ""})`}</div>
      <Group gap={6} mt={4}>
        {said.held && (
          <Badge size="sm" color="yellow" leftSection={<IconHourglass size={11} aria-hidden />}>
            {(waits ? t.held : t.wasHeld)(clock(said.held))}
          </Badge>
        )}
        <Text size="xs" c="dimmed">
          {t.segments(said.segments)}
          {said.class && ` · ${t.classes[said.class]}`}
          {said.odd && ` · ${t.odd(said.odd)}`}
        </Text>
      </Group>
    </div>
  );
}

function Trace({ moment }: { moment: Moment }) {
  const t = useTexts(texts);
  return (
    <details className={classes.trace}>
      <summary>{moment.rule ? t.rule(t.rules[moment.rule as keyof typeof t.rules] ?? moment.rule) : t.happened}</summary>
      <ol>
        {moment.trace.map((step, i) => <li key={i}>{step}</li>)}
      </ol>
    </details>
  );
}

/** Quick offers answers to tap. */
export function Quick({ words, onSend }: { words: string[]; onSend: (word: string, byKey: boolean) => void }) {
  const t = useTexts(texts);
  return (
    <Group gap={6} role="group" aria-label={t.quick}>
      {[...words, "STOP", "HELP"].map((word) => (
        <UnstyledButton key={word} className={classes.quick} onClick={(event) => { onSend(word, event.detail === 0); }}>
          {word}
        </UnstyledButton>
      ))}
    </Group>
  );
}
