import { Button, Input, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";

import { useTexts } from "../../i18n";
import { useField, useSetting, type WidgetProps } from "./context";
import { draftOf, type Draft, type GroupDraft } from "./draft";
import { Entry } from "./Entry";
import { under } from "./errors";
import { FieldView } from "./FieldView";
import { PropertiesView } from "./GroupView";
import { hintOf } from "./Hint";
import type { Field, ListField } from "./model";
import { texts } from "./texts";

/** ListView shows things of a kind in their order; one at a time is open. */
export function ListView({ field, path, bare }: WidgetProps & { field: ListField }) {
  const t = useTexts(texts);
  const { state } = useSetting();
  const { value, set, label, hint, error, required } = useField<Draft[]>({ field, path });
  const [open, setOpen] = useState(value.length === 1 ? 0 : -1);
  const move = (from: number, to: number) => {
    set(value.map((item, i) => (i === from ? (value[to] ?? item) : i === to ? (value[from] ?? item) : item)));
    setOpen(open === from ? to : open === to ? from : open);
  };
  const add = () => {
    set([...value, draftOf(field.item, undefined)]);
    setOpen(value.length);
  };
  return (
    <Input.Wrapper {...(!bare && { label, description: hintOf(hint), withAsterisk: required })} error={error} labelElement="div">
      <Stack gap="xs" mt="xs" align="stretch">
        {value.length === 0 && <Text size="sm" c="dimmed">{t.none}</Text>}
        {value.map((item, i) => {
          const wrong = under(state.errors, `${path}.${i}`);
          return (
            <Entry
              key={i}
              title={titleOf(field.item, item) || t.numbered(i + 1)}
              summary={summaryOf(field.item, item)}
              open={open === i || wrong}
              wrong={wrong}
              error={state.errors[`${path}.${i}`]}
              toggle={() => { setOpen(open === i ? -1 : i); }}
              up={i > 0 ? () => { move(i, i - 1); } : undefined}
              down={i < value.length - 1 ? () => { move(i, i + 1); } : undefined}
              remove={() => { set(value.filter((_, n) => n !== i)); setOpen(-1); }}
            >
              <Inner field={field.item} path={`${path}.${i}`} />
            </Entry>
          );
        })}
        <Button variant="default" size="sm" leftSection={<IconPlus size={16} />} style={{ alignSelf: "start" }} aria-label={t.addTo(label)} onClick={add}>
          {t.add}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}

/** Inner shows a part of a list or map without a frame of its own. */
export function Inner({ field, path }: WidgetProps) {
  return field.kind === "group" ? <PropertiesView properties={field.properties} path={path} /> : <FieldView bare field={field} path={path} />;
}

const scalarAt = (field: Field, item: Draft, keys: string[]): string => {
  const key = keys.find((k) => field.kind === "group" && field.properties.some((p) => p.key === k));
  const value = key === undefined ? item : (item as GroupDraft)[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
};

/** titleOf is what an item is known by, summaryOf what else tells it from the others. */
const titleOf = (field: Field, item: Draft) => scalarAt(field, item, ["name", "title", "flow"]);
const summaryOf = (field: Field, item: Draft) => (field.kind === "group" ? scalarAt(field, item, ["price", "count", "place"]).replace(/^0$/, "") : "");
