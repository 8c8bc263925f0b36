import { Badge, Button, Group, NativeSelect, Skeleton, Stack, Text } from "@mantine/core";
import { IconDeviceMobileMessage, IconPlus } from "@tabler/icons-react";
import { useState } from "react";

import type { Schema } from "../../../api/types";
import { ErrorState, RelativeTime } from "../../../components";
import { common, useFormat, useTexts } from "../../../i18n";
import { useEditing } from "./context";
import classes from "./editor.module.css";
import type { Flow } from "./model/flow";
import { addWord, answersOf, understoodBy, type Answer } from "./model/unclear";
import { heard } from "./outline/Matcher";
import { More } from "./outline/More";
import { texts, type EditorTexts } from "./texts";

interface UnclearProps {
  flow: Flow;
  passages: Schema<"Passages"> | undefined;
  error: unknown;
  retry: () => void;
  /** Plays the flow up to a state, and says a text there. */
  onPlay: (state: string, text: string) => void;
}

/** Unclear are the texts that states did not understand, to be made words of an answer. */
export function Unclear({ flow, passages, error, retry, onPlay }: UnclearProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const { readOnly } = useEditing();
  const [language, setLanguage] = useState("");
  if (error && !passages) return <ErrorState error={error} retry={retry} />;
  if (!passages) return <Skeleton height={200} m="md" aria-label={c.loading} />;
  const list = passages.puzzles ?? [];
  if (list.length === 0) return <Text size="sm" c="dimmed" p="md">{t.noneUnclear}</Text>;
  // A language matters only where the words of an answer have one.
  const divided = list.some((p) => answersOf(flow, p.state).some((a) => a.words && a.words.all === undefined));
  const spoken = flow.languages.includes(language) ? language : (flow.languages[0] ?? "");
  return (
    <Stack gap="xs" p="md">
      <Group justify="space-between" align="flex-end" gap="xs">
        <Text size="xs" c="dimmed">{t.unclearHint} <RelativeTime at={passages.since} /></Text>
        {!readOnly && divided && <NativeSelect size="xs" label={t.wordsIn} data={flow.languages} value={spoken} onChange={(event) => { setLanguage(event.currentTarget.value); }} />}
      </Group>
      <ul className={classes.unclear}>
        {list.map((p) => <Item key={`${p.state} ${p.text ?? p.last}`} puzzle={p} flow={flow} language={spoken} onPlay={onPlay} />)}
      </ul>
    </Stack>
  );
}

function Item({ puzzle, flow, language, onPlay }: { puzzle: Schema<"Puzzle">; flow: Flow; language: string; onPlay: UnclearProps["onPlay"] }) {
  const t = useTexts(texts);
  const f = useFormat();
  const { edit, jump, readOnly } = useEditing();
  const { state, text = "", count, last } = puzzle;
  const known = flow.states.some((s) => s.name === state);
  const answers = answersOf(flow, state);
  const now = text ? understoodBy(flow, state, text) : undefined;
  return (
    <li data-done={now !== undefined || undefined}>
      <div className={classes.line}>
        {text ? <q>{text}</q> : <Text size="sm" c="dimmed" fs="italic">{t.hiddenText}</Text>}
        <Badge size="sm" color="gray">{t.times(f.number(count))}</Badge>
      </div>
      <div className={classes.unclearFoot}>
        {known ? <button type="button" className={classes.jump} onClick={() => { jump(state); }} aria-label={t.jumpTo(state)}>{state}</button> : <span>{t.goneState(state)}</span>}
        <RelativeTime at={last} />
      </div>
      {text && known && (
        <Group gap={4}>
          {now ? <Text size="xs" fw={550}>{t.nowUnderstood(nameOf(now, t))}</Text> : !readOnly && (answers.length > 0 ? (
            <More
              label={t.addWord}
              deeds={() => answers.map((a) => ({ label: `${nameOf(a, t)}${a.anywhere ? ` (${t.anywhere.toLowerCase()})` : ""}`, act: () => { edit(addWord(a, language, text.trim())); } }))}
              button={(open) => <Button size="compact-xs" variant="light" leftSection={<IconPlus size={13} />} aria-haspopup="menu" onClick={open}>{t.addWord}</Button>}
            />
          ) : <Text size="xs" c="dimmed">{t.noWords}</Text>)}
          <Button size="compact-xs" variant="subtle" color="gray" leftSection={<IconDeviceMobileMessage size={13} />} onClick={() => { onPlay(state, text); }}>{t.tryOnPhone}</Button>
        </Group>
      )}
    </li>
  );
}

/** nameOf is what an answer is called. */
const nameOf = ({ reply, option }: Answer, t: EditorTexts): string =>
  option ? (option.label.all ?? (Object.values(option.label.byLanguage).join(" / ") || option.value)) : heard(reply, t);
