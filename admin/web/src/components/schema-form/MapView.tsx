import { Autocomplete, Button, Input, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";

import { useTexts } from "../../i18n";
import { sentence } from "../errors";
import { useField, useSetting, type WidgetProps } from "./context";
import { draftOf, type EntryDraft } from "./draft";
import { Act, Entry } from "./Entry";
import { under } from "./errors";
import { FieldView } from "./FieldView";
import { Inner } from "./ListView";
import { hintOf } from "./Hint";
import type { MapField } from "./model";
import { languageNames } from "./names";
import { texts } from "./texts";
import classes from "./form.module.css";

/** MapView shows what stands under keys of people's own: lines of a key and a text, or entries that open. */
export function MapView({ field, path, bare }: WidgetProps & { field: MapField }) {
  const t = useTexts(texts);
  const { value, set, label, hint, error, required } = useField<EntryDraft[]>({ field, path });
  const [open, setOpen] = useState(-1);
  const lines = field.item.kind === "text" || (field.item.kind === "list" && field.item.item.kind === "text");
  const Line = lines ? RowView : EntryView;
  return (
    <Input.Wrapper {...(!bare && { label, description: hintOf(hint), withAsterisk: required })} error={error} labelElement="div">
      <Stack gap="xs" mt="xs" align="stretch">
        {value.length === 0 && <Text size="sm" c="dimmed">{t.none}</Text>}
        {value.map((entry, i) => (
          <Line
            key={i}
            field={field}
            path={`${path}.${i}`}
            entry={entry}
            open={open === i}
            toggle={() => { setOpen(open === i ? -1 : i); }}
            rename={(key) => { set(value.map((e, n) => (n === i ? { ...e, key } : e))); }}
            remove={() => { set(value.filter((_, n) => n !== i)); setOpen(-1); }}
          />
        ))}
        <Button
          variant="default"
          size="sm"
          leftSection={<IconPlus size={16} />}
          style={{ alignSelf: "start" }}
          aria-label={t.addTo(label)}
          onClick={() => { set([...value, { key: "", value: draftOf(field.item, undefined) }]); setOpen(value.length); }}
        >
          {t.add}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}

interface LineProps {
  field: MapField;
  path: string;
  entry: EntryDraft;
  open: boolean;
  toggle: () => void;
  rename: (key: string) => void;
  remove: () => void;
}

function RowView({ field, path, entry, rename, remove }: LineProps) {
  const t = useTexts(texts);
  return (
    <div className={classes.row}>
      <KeyInput field={field} path={path} entry={entry} rename={rename} />
      <BareField field={field} path={`${path}.value`} name={entry.key} />
      <Act label={t.removeOf(entry.key)} tip={t.remove} icon={<IconTrash size={16} />} onClick={remove} />
    </div>
  );
}

/** BareField is the value beside a key, which says what it is. */
function BareField({ field, path, name }: { field: MapField; path: string; name: string }) {
  const t = useTexts(texts);
  const { value, set, error } = useField<string>({ field: field.item, path });
  if (field.item.kind !== "text") return <FieldView bare field={field.item} path={path} />;
  const label = name ? `${t.value}: ${name}` : t.value;
  return <TextInput aria-label={label} placeholder={field.languages ? t.text : t.value} error={error} value={value} onChange={(e) => { set(e.currentTarget.value); }} />;
}

function EntryView({ field, path, entry, open, toggle, rename, remove }: LineProps) {
  const t = useTexts(texts);
  const { state } = useSetting();
  const wrong = under(state.errors, path);
  return (
    <Entry title={entry.key || t.none} open={open || wrong} wrong={wrong} toggle={toggle} remove={remove}>
      <Stack gap="md">
        <KeyInput field={field} path={path} entry={entry} rename={rename} labelled />
        <Inner field={field.item} path={`${path}.value`} />
      </Stack>
    </Entry>
  );
}

function KeyInput({ field, path, entry, rename, labelled = false }: Pick<LineProps, "field" | "path" | "entry" | "rename"> & { labelled?: boolean }) {
  const t = useTexts(texts);
  const wrong = useSetting().state.errors[`${path}.key`];
  const name = field.languages ? t.language : t.key;
  const props = { ...(labelled ? { label: name } : { "aria-label": name, placeholder: name }), error: wrong && sentence(wrong), value: entry.key };
  if (field.languages) return <Autocomplete {...props} data={languageNames} maxLength={2} comboboxProps={{ width: "max-content" }} onChange={rename} />;
  return <TextInput {...props} onChange={(e) => { rename(e.currentTarget.value); }} />;
}
