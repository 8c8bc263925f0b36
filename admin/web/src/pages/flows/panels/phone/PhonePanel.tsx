import { ActionIcon, Alert, Badge, Button, Group, NativeSelect, Text, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowBackUp, IconDeviceFloppy, IconRefresh } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";

import { messageOf } from "../../../../components";
import { common, useLanguage, useTexts } from "../../../../i18n";
import { useCheck } from "../queries";
import { Begin } from "./Begin";
import { ClockBar } from "./ClockBar";
import { Composer } from "./Composer";
import { KeepGolden } from "./KeepGolden";
import { kindOf, quickReplies, worldOf, type Moment } from "./lines";
import classes from "./phone.module.css";
import { Quick, Talk, useClock } from "./Talk";
import { texts } from "./texts";
import { usePlay } from "./usePlay";

interface PhonePanelProps {
  source: string;
  /** The program that the draft is rehearsed for; without one, the first that uses the flow. */
  program?: string | undefined;
  /** The lines that are played to begin with. */
  opening?: readonly string[];
  /** Takes a golden conversation, from its `==` line on. */
  onKeepGolden: (script: string) => void;
}

/** PhonePanel is a phone that talks with the draft. All lines are played anew when the draft changes. */
export function PhonePanel({ source, program, opening = [], onKeepGolden }: PhonePanelProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const [settled] = useDebouncedValue(source, 400);
  const [said, setLines] = useState<string[]>([...opening]);
  const [language, setLanguage] = useState("");
  const [keeping, setKeeping] = useState(false);
  const world = useMemo(() => worldOf(settled), [settled]);
  const scene = language ? [...world.settings, `$ language ${language}`] : world.settings;
  const lines = said.length > 0 ? [...scene, ...said] : [];
  const play = usePlay(settled, program, lines);
  const flow = useCheck(settled, program).data?.flow;
  const { moments, script } = play.data?.played ?? { moments: [], script: "" };
  const last = moments.at(-1);
  const begun = said.some((line) => ["phone", "event", "staff"].includes(kindOf(line).kind));
  const add = (line: string) => { setLines([...said, line]); };
  // What was pressed goes away: the keyboard goes on in the text.
  const input = useRef<HTMLInputElement>(null);
  const goOn = (line: string) => {
    add(line);
    input.current?.focus();
  };
  const groups = [...new Set([...world.groups, ...moments.flatMap((m) => m.said.flatMap((s) => s.to ?? []))])];
  return (
    <section className={classes.frame} aria-label={t.title}>
      <Group className={classes.top ?? ""} justify="space-between" gap="xs" wrap="nowrap">
        <LanguageSelect value={language} languages={flow?.languages ?? []} onChange={setLanguage} />
        <Group gap={4} wrap="nowrap">
          <Tool label={t.stepBack} disabled={said.length === 0} onClick={() => { setLines(said.slice(0, -1)); }}><IconArrowBackUp size={18} /></Tool>
          <Tool label={t.restart} disabled={said.length === 0} onClick={() => { setLines([]); }}><IconRefresh size={18} /></Tool>
          <Tool label={t.keep} disabled={script === "" || said.length === 0} onClick={() => { setKeeping(true); }}><IconDeviceFloppy size={18} /></Tool>
        </Group>
      </Group>
      <Log count={lines.length + moments.length}>
        <Talk lines={lines} moments={moments} hidden={scene.length} />
        {!begun && <Begin inputs={flow?.inputs ?? []} onLine={goOn} />}
        {play.error && (
          <Alert color="red" variant="light" title={messageOf(play.error, c.errors)}>
            <Button size="compact-sm" variant="default" onClick={() => void play.refetch()}>{c.retry}</Button>
          </Alert>
        )}
      </Log>
      <div className={classes.bottom}>
        {play.data?.broken && <Text size="xs" c="var(--mantine-color-error)" role="status">{t.broken}</Text>}
        <Standing last={last} />
        <Quick words={quickReplies(begun ? moments : [], world)} onSend={(word, byKey) => { (byKey ? goOn : add)(`> ${word}`); }} />
        <Composer groups={groups} onLine={add} input={input} />
        <ClockBar last={last} events={world.events} onLine={add} />
      </div>
      <KeepGolden opened={keeping} onClose={() => { setKeeping(false); }} script={script} world={world} onKeep={onKeepGolden} />
    </section>
  );
}

/** Tool is a button that keeps the focus when there is nothing left for it to do. */
function Tool({ label, disabled, onClick, children }: { label: string; disabled: boolean; onClick: () => void; children: React.ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} aria-disabled={disabled} {...(disabled && { "data-disabled": true })} onClick={() => { if (!disabled) onClick(); }}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** Log scrolls to what came last, and reads it out. */
function Log({ count, children }: { count: number; children: React.ReactNode }) {
  const t = useTexts(texts);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [count]);
  return (
    // The log scrolls, so the keyboard has to reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={box} className={classes.log} role="log" aria-live="polite" aria-label={t.log} tabIndex={0}>
      {children}
    </div>
  );
}

function LanguageSelect({ value, languages, onChange }: { value: string; languages: string[]; onChange: (language: string) => void }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const names = new Intl.DisplayNames(language, { type: "language" });
  const data = [{ value: "", label: t.anyLanguage }, ...[...new Set([...languages, ...(value ? [value] : [])])].map((code) => ({ value: code, label: names.of(code) ?? code }))];
  return <NativeSelect size="xs" aria-label={t.language} data={data} value={value} onChange={(event) => { onChange(event.currentTarget.value); }} />;
}

/** Standing tells where the conversations are, and what time it is. */
function Standing({ last }: { last: Moment | undefined }) {
  const t = useTexts(texts);
  const clock = useClock();
  return (
    <Group gap={6} mih={22}>
      {last && <Text size="xs" c="dimmed">{clock(last.now)}</Text>}
      {last?.conversations.map((talk, i) => (
        <Badge key={i} size="sm" color={talk.outcome ? "gray" : "teal"}>
          {talk.flow} · {talk.outcome ? t.ended(talk.outcome) : talk.state}
        </Badge>
      ))}
    </Group>
  );
}
