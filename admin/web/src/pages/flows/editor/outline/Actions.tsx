import { ActionIcon, Autocomplete, Button, Popover, Stack, Text, TextInput } from "@mantine/core";
import { IconBolt, IconCode, IconTrash } from "@tabler/icons-react";
import { useState } from "react";

import { useTexts } from "../../../../i18n";
import { useEditing, useNames } from "../context";
import classes from "../editor.module.css";
import { removeAt, sayValue, setName, setNames, setValue, type Edit } from "../model/edits";
import type { Action } from "../model/flow";
import { actions, savedName, type Parameter } from "../model/language";
import { plain, type Path } from "../../yaml";
import { texts } from "../texts";
import { useChoices } from "../shop";
import { TargetPick } from "./TargetPick";
import { Texts } from "./Texts";

export type ActionName = keyof typeof actions;

/** A new action of each kind, as it is written. */
export function newAction(name: string, languages: readonly string[]): string {
  const say = sayValue(languages.length > 1 ? Object.fromEntries(languages.map((l) => [l, ""])) : "");
  const bodies: Record<string, string> = {
    set: "{name: \"''\"}", language: languages[0] ?? "en", tag: "tag", untag: "tag", track: "seen", subscribe: "this", unsubscribe: "this",
    notify: `{staff: staff, say: ${typeof say === "string" ? say : say(undefined)}}`,
    issue: "{offer: offer, save: coupon}", redeem: "{code: answer, save: coupon}", points: "{add: 1, for: visit, save: points}",
    vote: "{poll: poll, choice: answer, save: ballot}", draw: "{game: game, save: prize}", refer: "{save: friend}",
    lookup: "{in: places, for: answer, save: found}", order: "{save: order}", reserve: "{item: \"'table'\", save: booking}",
    cart: "{add: answer}", start: "{flow: flow}", webhook: "{name: webhook, save: found}",
  };
  return `{${name}: ${bodies[name] ?? "x"}}`;
}

/** Actions are what is done, in order. */
export function Actions({ list, state }: { list: readonly Action[]; state: string | undefined }) {
  if (list.length === 0) return null;
  return (
    <div className={classes.actions}>
      {list.map((action, i) => <ActionLine key={i} action={action} state={state} />)}
    </div>
  );
}

function ActionLine({ action, state }: { action: Action; state: string | undefined }) {
  const t = useTexts(texts);
  const { edit, source } = useEditing();
  const results = Object.entries(action.results);
  return (
    <div className={classes.action}>
      {action.comment.above && <Text size="xs" c="dimmed">{action.comment.above}</Text>}
      <div className={classes.line}>
        <ActionChip action={action} />
        {results.map(([result, to]) => (
          <span key={result} className={classes.result}>
            {t.result(result)} <TargetPick path={action.path} target={{ kind: "go", name: to }} state={state} statesOnly onPick={(next) => { edit(setName([...action.path, action.name, result], next?.name ?? "")); }} />
          </span>
        ))}
      </div>
      {action.say && <Texts say={action.say} label={t.notice} />}
      {action.answers.length > 0 && (
        <button type="button" className={classes.plain} onClick={() => { source(action.path); }}>
          {t.staffAnswers(action.answers.join(", "))} <IconCode size={13} aria-label={t.editInSource} />
        </button>
      )}
    </div>
  );
}

/** told is an action in a few words. */
function told(action: Action): string {
  const parameters = Object.entries(action.parameters).filter(([key]) => key !== "save").map(([key, value]) => (["offer", "staff", "event", "poll", "game", "name", "flow", "in"].includes(key) ? value : `${key} ${value}`));
  const save = action.parameters.save ? ` → ${action.parameters.save}` : "";
  if (action.name === "set") return Object.entries(action.parameters).map(([key, value]) => `${key} = ${value}`).join(", ");
  if (parameters.length === 0 && !save && !action.say) return action.source;
  return parameters.join(", ") + save;
}

function ActionChip({ action }: { action: Action }) {
  const t = useTexts(texts);
  const { readOnly } = useEditing();
  const [open, setOpen] = useState(false);
  const content = (
    <>
      <IconBolt size={13} aria-hidden />
      <b>{t.actions[action.name as keyof typeof t.actions] ?? action.name}</b> <span>{told(action)}</span>
    </>
  );
  if (readOnly) return <span className={classes.chip} data-action>{content}</span>;
  const button = (
    <button type="button" className={classes.chip} data-action aria-haspopup="dialog" aria-expanded={open} onClick={() => { setOpen(!open); }}>
      {content}
    </button>
  );
  if (!open) return button;
  return (
    <Popover opened onChange={setOpen} position="bottom-start" trapFocus returnFocus shadow="md" width={360}>
      <Popover.Target>{button}</Popover.Target>
      <Popover.Dropdown>
        <ActionForm action={action} onDone={() => { setOpen(false); }} />
      </Popover.Dropdown>
    </Popover>
  );
}

function ActionForm({ action, onDone }: { action: Action; onDone: () => void }) {
  const t = useTexts(texts);
  const { edit, source } = useEditing();
  const { states } = useNames();
  const value: Path = [...action.path, action.name];
  const shape = actions[action.name];
  const bare = Object.keys(action.parameters).length === 0 && Object.keys(action.results).length === 0 && !action.source.startsWith("{");
  const own = Object.keys(action.parameters);
  const offered = shape && !bare ? [...new Set([...Object.keys(shape.parameters), ...own])] : own;
  const write = (key: string, kind: Parameter | undefined): ((text: string) => Edit) => (text) => (kind === "names" ? setNames([...value, key], text) : setName([...value, key], text));
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>{t.actions[action.name as keyof typeof t.actions] ?? action.name}</Text>
      {bare && shape?.bare && <ParameterInput of={action.name} name="" label={t.value} value={action.source} write={(text) => edit(shape.bare === "names" && text.includes(",") ? setNames(value, text) : setName(value, text))} />}
      {action.name === "set" ? (
        <SetRows value={value} pairs={Object.entries(action.parameters)} />
      ) : (
        <div className={classes.parameters}>
          {offered.map((key) => <ParameterInput key={key} of={action.name} name={key} label={key} value={action.parameters[key] ?? ""} write={(text) => { edit(write(key, shape?.parameters[key])(text)); }} />)}
        </div>
      )}
      {!bare && (shape?.results ?? []).map((result) => (
        <label key={result} className={classes.selectRow}>
          <span>{t.result(result)}</span>
          <select value={action.results[result] ?? ""} onChange={(event) => { edit(setName([...value, result], event.target.value)); }}>
            <option value="">{t.asFailed}</option>
            {states.map((s) => <option key={s} value={s}>{s}</option>)}
          </select>
        </label>
      ))}
      <div className={classes.line}>
        <Button size="compact-xs" variant="subtle" leftSection={<IconCode size={13} />} onClick={() => { source(action.path); }}>{t.editInSource}</Button>
        <Button size="compact-xs" variant="subtle" color="red" leftSection={<IconTrash size={13} />} onClick={() => { onDone(); edit(removeAt(action.path)); }}>{t.remove}</Button>
      </div>
    </Stack>
  );
}

interface ParameterProps {
  /** The action, and the name of the parameter: they tell what may be chosen. */
  of: string;
  name: string;
  label: string;
  value: string;
  write: (text: string) => void;
}

function ParameterInput({ of, name, label, value, write }: ParameterProps) {
  const { program } = useNames();
  const choices = useChoices(of, name, program);
  const [draft, setDraft] = useState(value);
  const commit = (text: string) => { if (text !== value) write(text); };
  return (
    <Autocomplete
      size="xs"
      label={label}
      data={choices}
      value={draft}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      comboboxProps={{ withinPortal: false }}
      onChange={setDraft}
      onOptionSubmit={commit}
      onBlur={() => { commit(draft); }}
      onKeyDown={(event) => { if (event.key === "Enter") commit(draft); }}
    />
  );
}

function SetRows({ value, pairs }: { value: Path; pairs: [string, string][] }) {
  const t = useTexts(texts);
  const { edit } = useEditing();
  const [name, setNewName] = useState("");
  return (
    <>
      {pairs.map(([key, expression]) => (
        <div key={key} className={classes.pair}>
          <ParameterInput of="set" name="" label={key} value={expression} write={(text) => { edit(setName([...value, key], text)); }} />
          <ActionIcon variant="subtle" color="red" mt={22} aria-label={t.removeOf(key)} onClick={() => { edit(removeAt([...value, key])); }}>
            <IconTrash size={14} />
          </ActionIcon>
        </div>
      ))}
      <TextInput
        size="xs"
        label={t.newName}
        value={name}
        error={name !== "" && !savedName.test(name) && !/^contact\.[a-z0-9_]+$/.test(name) ? t.nameHint : undefined}
        onChange={(event) => { setNewName(event.target.value); }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(savedName.test(name) || /^contact\.[a-z0-9_]+$/.test(name))) return;
          edit(setValue([...value, name], plain("''")));
          setNewName("");
        }}
      />
    </>
  );
}
