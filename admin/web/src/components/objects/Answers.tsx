import { Badge, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";

import { useLanguage, useTexts } from "../../i18n";
import { sentence } from "../errors";
import { at, hintOf, under, useSetting, type EntryDraft, type WidgetProps } from "../schema-form";
import { Entry } from "../schema-form/Entry";
import type { GroupField, MapField } from "../schema-form/model";
import { options } from "../schema-form/names";
import { sizeOf } from "../segments";
import { builtinOf, filled, type Speaker } from "./answers";
import { texts } from "./texts";

/** Answers shows the standard answers of a program: each in each of its languages, with what it costs. */
export function Answers({ field, path }: WidgetProps) {
  const t = useTexts(texts);
  const [open, setOpen] = useState("");
  const { state } = useSetting();
  const names = (field as GroupField).properties;
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">{t.builtin}. {t.parameters}</Text>
      {names.map(({ key, field: answer }) => {
        const wrong = under(state.errors, `${path}.${key}`);
        return (
          <Answer key={key} field={answer as MapField} path={`${path}.${key}`} open={open === key || wrong} wrong={wrong} toggle={() => { setOpen(open === key ? "" : key); }} />
        );
      })}
    </Stack>
  );
}

interface AnswerProps {
  field: MapField;
  path: string;
  open: boolean;
  wrong: boolean;
  toggle: () => void;
}

function Answer({ field, path, open, wrong, toggle }: AnswerProps) {
  const { state, labelOf } = useSetting();
  const { language } = useLanguage();
  const { label, hint } = labelOf(field);
  const entries = at(state.draft, path) as EntryDraft[];
  const spoken = at(state.draft, "languages") as string[];
  const languages = [...new Set([...spoken, ...entries.map((e) => e.key)])];
  const own = entries.filter((e) => e.value !== "");
  const change = (lang: string, text: string) => {
    const others = entries.filter((e) => e.key !== lang);
    state.set(path, text === "" ? others : entries.length === others.length ? [...entries, { key: lang, value: text }] : entries.map((e) => (e.key === lang ? { ...e, value: text } : e)));
  };
  return (
    <Entry title={label} summary={own.length > 0 ? <Badge size="sm">{own.map((e) => e.key).join(", ")}</Badge> : undefined} open={open} wrong={wrong} toggle={toggle}>
      <Text size="xs" c="dimmed" mb="sm">{hintOf(hint)}</Text>
      <Stack gap="md">
        {languages.map((lang) => {
          const index = entries.findIndex((e) => e.key === lang);
          return (
            <AnswerText
              key={lang}
              label={options([lang], "language", language)[0]?.label ?? lang}
              builtin={builtinOf(field.builtin, at(state.draft, "country") as string, lang)}
              value={(entries[index]?.value as string | undefined) ?? ""}
              error={state.errors[`${path}.${index}.value`]}
              change={(text) => { change(lang, text); }}
            />
          );
        })}
      </Stack>
    </Entry>
  );
}

function AnswerText({ label, builtin, value, error, change }: { label: string; builtin: string; value: string; error: string | undefined; change: (text: string) => void }) {
  const t = useTexts(texts);
  const { draft } = useSetting().state;
  const speaker = Object.fromEntries(["brand", "title", "contact", "country"].map((key) => [key, at(draft, key)])) as unknown as Speaker;
  const { units, segments, alphabet } = sizeOf(filled(value || builtin, speaker));
  return (
    <Textarea
      label={label}
      autosize
      minRows={2}
      placeholder={filled(builtin, speaker)}
      error={error ? sentence(error) : value && segments > 1 ? t.tooLong : undefined}
      description={t.segments(units, segments, alphabet)}
      inputWrapperOrder={["label", "input", "error", "description"]}
      value={value}
      onChange={(e) => { change(e.currentTarget.value); }}
    />
  );
}
