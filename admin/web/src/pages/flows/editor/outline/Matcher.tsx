import { Popover, Select, Stack, TagsInput, TextInput } from "@mantine/core";
import { useState } from "react";

import { useTexts } from "../../../../i18n";
import { useEditing, useNames } from "../context";
import classes from "../editor.module.css";
import { setMatcher, setName, setPhrases, type Draft } from "../model/edits";
import type { Phrases, Reply } from "../model/flow";
import { kinds } from "../model/language";
import { quoted, type Path } from "../../yaml";
import { texts, type EditorTexts } from "../texts";

export type MatcherKind = (typeof kinds)[number] | "words" | "menu" | "list" | "pattern";

export const matcherKinds: MatcherKind[] = ["yes", "no", "words", "menu", "number", "amount", "date", "time", "any", "email", "phone", "postcode", "items", "list", "pattern"];

const bounded = new Set<MatcherKind>(["number", "amount", "date", "time"]);

export function kindOf(reply: Reply): MatcherKind {
  if (reply.list !== undefined) return "list";
  if (reply.options.length > 0) return "menu";
  if (reply.is !== undefined) return (kinds as readonly string[]).includes(reply.is) ? (reply.is as MatcherKind) : "words";
  return reply.pattern !== undefined ? "pattern" : "words";
}

/** draftOf are the keys of a new answer of a kind. */
export function draftOf(kind: MatcherKind, word: string): Draft {
  switch (kind) {
    case "words": return { words: `[${word}]` };
    case "menu": return { choice: `{one: ${word} 1, two: ${word} 2}` };
    case "list": return { choice: "catalogue.items" };
    case "pattern": return { pattern: quoted("^[0-9]{4}$") };
    default: return { is: kind };
  }
}

const wordsOf = (p: Phrases | undefined): string[] => (p ? [...new Set([...(p.all ?? []), ...Object.values(p.byLanguage).flat()])] : []);

/** heard tells in a few words what an answer is. */
export function heard(reply: Reply, t: EditorTexts): string {
  const kind = kindOf(reply);
  const parts: string[] = [];
  const starts = wordsOf(reply.starts);
  if (starts.length > 0) parts.push(`${starts.join(" / ")} …`);
  if (kind === "list") parts.push(t.menuOfList(reply.list ?? ""));
  else if (kind === "menu") parts.push(t.menu);
  else if (kind === "pattern") parts.push(`/${reply.pattern ?? ""}/`);
  else if (reply.is !== undefined) parts.push(kind === "words" ? reply.is : t.kinds[kind]);
  if (reply.min !== undefined || reply.max !== undefined) parts.push(kind === "any" ? t.upTo(reply.max ?? "") : `${reply.min ?? "…"} – ${reply.max ?? "…"}`);
  const words = wordsOf(reply.words);
  if (words.length > 0) parts.push(words.slice(0, 4).join(" / ") + (words.length > 4 ? " …" : ""));
  return parts.join(" · ") || t.nothing;
}

/** Matcher tells what an answer is, and lets it be changed. */
export function Matcher({ reply }: { reply: Reply }) {
  const t = useTexts(texts);
  const { readOnly } = useEditing();
  const [open, setOpen] = useState(false);
  const text = heard(reply, t);
  if (readOnly) return <span className={classes.chip}>{text}</span>;
  const button = (
    <button type="button" className={classes.chip} aria-haspopup="dialog" aria-expanded={open} onClick={() => { setOpen(!open); }} title={text}>
      {text}
    </button>
  );
  if (!open) return button;
  return (
    <Popover opened onChange={setOpen} position="bottom-start" trapFocus returnFocus shadow="md" width={340}>
      <Popover.Target>{button}</Popover.Target>
      <Popover.Dropdown>
        <MatcherForm reply={reply} />
      </Popover.Dropdown>
    </Popover>
  );
}

function MatcherForm({ reply }: { reply: Reply }) {
  const t = useTexts(texts);
  const { edit } = useEditing();
  const kind = kindOf(reply);
  return (
    <Stack gap="xs">
      <Select
        size="xs"
        label={t.answerIs}
        data={matcherKinds.map((k) => ({ value: k, label: t.kinds[k] }))}
        value={kind}
        allowDeselect={false}
        data-autofocus
        comboboxProps={{ withinPortal: false }}
        onChange={(k) => { if (k && k !== kind) edit(setMatcher(reply.path, draftOf(k as MatcherKind, t.word))); }}
      />
      {bounded.has(kind) && (
        <div className={classes.pair}>
          <Field label={t.min} path={[...reply.path, "min"]} value={reply.min} />
          <Field label={t.max} path={[...reply.path, "max"]} value={reply.max} />
        </div>
      )}
      {kind === "any" && <Field label={t.maxLength} path={[...reply.path, "max"]} value={reply.max} placeholder="160" />}
      {kind === "pattern" && <Field label={t.pattern} path={[...reply.path, "pattern"]} value={reply.pattern} />}
      {kind === "list" && <Field label={t.list} path={[...reply.path, "choice"]} value={reply.list} />}
      {kind !== "pattern" && kind !== "list" && kind !== "menu" && kind !== "any" && <Words label={kind === "words" ? t.words : t.alsoWords} path={[...reply.path, "words"]} phrases={reply.words} />}
      {(reply.starts ?? kind === "items") && <Words label={t.starts} path={[...reply.path, "starts"]} phrases={reply.starts} />}
    </Stack>
  );
}

function Field({ label, path, value, placeholder }: { label: string; path: Path; value: string | undefined; placeholder?: string }) {
  const { edit } = useEditing();
  const [draft, setDraft] = useState(value ?? "");
  return (
    <TextInput
      size="xs"
      label={label}
      value={draft}
      placeholder={placeholder}
      onChange={(event) => { setDraft(event.target.value); }}
      onBlur={() => { if (draft !== (value ?? "")) edit(setName(path, draft)); }}
      onKeyDown={(event) => { if (event.key === "Enter") edit(setName(path, draft)); }}
    />
  );
}

/** Words are phrases in each language, or for all. */
export function Words({ label, path, phrases }: { label: string; path: Path; phrases: Phrases | undefined }) {
  const t = useTexts(texts);
  const { edit } = useEditing();
  const { languages } = useNames();
  const each = phrases ? phrases.all === undefined : languages.length > 1;
  const input = (language: string | undefined, words: string[]) => (
    <TagsInput
      key={language ?? ""}
      size="xs"
      label={language === undefined ? label : t.textIn(label, language)}
      value={words}
      splitChars={[",", ";"]}
      acceptValueOnBlur
      onChange={(next) => { edit(setPhrases(path, language, next)); }}
    />
  );
  if (!each) return input(undefined, phrases?.all ?? []);
  return languages.map((l) => input(l, phrases?.byLanguage[l] ?? []));
}

