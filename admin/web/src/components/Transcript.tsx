import { Button, Tooltip, VisuallyHidden } from "@mantine/core";
import { Fragment, useEffect, useLayoutEffect, useRef, type ReactNode } from "react";

import { common, useFormat, useTexts } from "../i18n";
import classes from "./Transcript.module.css";

/** TranscriptLine is one text of a conversation. */
export interface TranscriptLine {
  /** Tells it apart from others of the same moment. */
  id?: string;
  at: string;
  /** The phone wrote it; else the gateway or a person did. */
  phone: boolean;
  text: string;
  /** What stands beside its time: ticks, a reason. */
  meta?: ReactNode;
  /** What stands below it, once it is asked for. */
  details?: ReactNode;
}

/** Older says how to read what came before the first line. */
export interface Older {
  more: boolean;
  loading: boolean;
  load: () => void;
}

interface TranscriptProps {
  /** Whose texts these are, for those who hear it. */
  label: string;
  lines: TranscriptLine[];
  /** The height, as CSS; without one it fills a flex column. */
  height?: string;
  /** Without it, the lines are all there are. */
  older?: Older;
}

/** How far from its end, in pixels, a transcript still follows what comes. */
const near = 80;

/** Transcript shows texts in bubbles, the newest at the end, and stays there unless somebody scrolled back. */
export function Transcript({ label, lines, height, older }: TranscriptProps) {
  const log = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const follow = () => {
    if (log.current && follows.current) log.current.scrollTop = log.current.scrollHeight;
  };
  useLayoutEffect(follow, [lines]);
  useEffect(() => {
    const resized = new ResizeObserver(follow); // what stands below it grows with what is typed
    if (log.current) resized.observe(log.current);
    return () => { resized.disconnect(); };
  }, []);
  const keys = keysOf(lines);
  const before = useRef({ first: keys[0], height: 0 });
  useLayoutEffect(() => {
    if (!log.current) return;
    // What is being read stays where it is when older lines come before it.
    if (before.current.first !== keys[0]) log.current.scrollTop += log.current.scrollHeight - before.current.height;
    before.current = { first: keys[0], height: log.current.scrollHeight };
  });
  const onScroll = () => {
    if (!log.current) return;
    follows.current = log.current.scrollHeight - log.current.scrollTop - log.current.clientHeight < near;
    if (log.current.scrollTop < near && !follows.current && older?.more && !older.loading) older.load();
  };
  return (
    <div
      ref={log}
      className={classes.log}
      style={height ? { height } : { flex: "1 1 0", minHeight: "8rem" }}
      role="log"
      aria-live="polite"
      aria-label={label}
      // It scrolls, so the keyboard has to reach it.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onScroll={onScroll}
    >
      {older?.more && <Earlier older={older} />}
      {lines.map((line, i) => (
        <Fragment key={keys[i]}>
          <Day at={line.at} before={lines[i - 1]?.at} />
          <Bubble line={line} />
        </Fragment>
      ))}
    </div>
  );
}

function Earlier({ older }: { older: Older }) {
  const t = useTexts(common);
  return (
    <Button className={classes.earlier ?? ""} variant="subtle" size="compact-sm" loading={older.loading} onClick={older.load}>
      {t.earlier}
    </Button>
  );
}

/** keysOf tells lines apart that were written at the same moment; a list that grows at either end keeps its keys. */
function keysOf(lines: TranscriptLine[]): string[] {
  const seen = new Map<string, number>();
  return lines.map(({ id, at, phone }) => {
    if (id !== undefined) return id;
    const key = `${at} ${String(phone)}`;
    const n = seen.get(key) ?? 0;
    seen.set(key, n + 1);
    return `${key} ${n}`;
  });
}

function Day({ at, before }: { at: string; before: string | undefined }) {
  const format = useFormat();
  const day = format.date(at);
  if (before !== undefined && format.date(before) === day) return null;
  return <div className={classes.day}>{day}</div>;
}

function Bubble({ line: { at, phone, text, meta, details } }: { line: TranscriptLine }) {
  const t = useTexts(common);
  const format = useFormat();
  return (
    <div className={classes.line} data-phone={phone || undefined}>
      <VisuallyHidden>{phone ? t.fromPhone : t.fromUs}</VisuallyHidden>
      <div className={classes.bubble} dir="auto">
        {text || <i>{t.noText}</i>}
      </div>
      <div className={classes.under}>
        <Tooltip label={format.exact(at)}>
          <time dateTime={at}>{format.time(at)}</time>
        </Tooltip>
        {meta}
      </div>
      {details}
    </div>
  );
}
