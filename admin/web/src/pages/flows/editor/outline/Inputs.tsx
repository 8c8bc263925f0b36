import { Button, Checkbox } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";

import { useTexts } from "../../../../i18n";
import { useEditing } from "../context";
import classes from "../editor.module.css";
import { addInput, removeAt, renameInput, setInput } from "../model/edits";
import type { Given } from "../model/flow";
import { types } from "../model/language";
import { texts } from "../texts";
import { Inline } from "./Inline";

/** What stands for an input that is not given, until somebody writes something better. */
const standards: Record<string, string> = { number: "0", money: "0", flag: "no", date: "2026-01-01", time: "12:00", datetime: "2026-01-01T12:00" };

/** A default is one value: there is none for these. */
const compound = new Set(["list", "map"]);

/** Inputs are what whoever starts the flow gives it. */
export function Inputs({ inputs }: { inputs: readonly Given[] }) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  const add = !readOnly && (
    <Button size="compact-xs" variant="subtle" color="gray" leftSection={<IconPlus size={13} />} onClick={() => { edit(addInput(t.newInput)); }}>{t.addInput}</Button>
  );
  if (inputs.length === 0) return <div>{add}</div>;
  return (
    <div className={classes.inputs} role="group" aria-label={t.inputs}>
      <span>{t.inputs}</span>
      {inputs.map((i) => <InputLine key={i.name} input={i} />)}
      <div>{add}</div>
    </div>
  );
}

function InputLine({ input }: { input: Given }) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  const { path, name, type, default: standard } = input;
  const kinds = (types as readonly string[]).includes(type) ? types : [...types, type];
  return (
    <div className={classes.line}>
      <Inline bare mono label={t.inputName(name)} value={name} readOnly={readOnly} onCommit={(next) => { edit(renameInput(path, next.trim())); }} />
      <select aria-label={t.inputType(name)} value={type} disabled={readOnly} onChange={(event) => { edit(setInput(path, event.target.value, standard === undefined || compound.has(event.target.value) ? undefined : (standards[event.target.value] ?? ""))); }}>
        {kinds.map((k) => <option key={k} value={k}>{t.types[k as keyof typeof t.types] ?? k}</option>)}
      </select>
      <Checkbox
        size="xs"
        label={t.required}
        aria-label={t.requiredOf(name)}
        checked={standard === undefined}
        disabled={readOnly || (compound.has(type) && standard === undefined)}
        onChange={(event) => { edit(setInput(path, type, event.currentTarget.checked ? undefined : (standards[type] ?? ""))); }}
      />
      {standard !== undefined && <Inline mono label={t.otherwiseIt} value={standard} readOnly={readOnly} onCommit={(next) => { edit(setInput(path, type, next)); }} />}
      {!readOnly && (
        <button type="button" className={classes.drop} aria-label={t.removeOf(name)} onClick={() => { edit(removeAt(path)); }}><IconTrash size={14} aria-hidden /></button>
      )}
    </div>
  );
}
