import { Card, Stack, Title } from "@mantine/core";
import { useMemo } from "react";

import { useLanguage, useTexts } from "../../i18n";
import { FormContext, PropertiesView, type DraftState, type Field, type FormSetting, type Property, type Widget } from "../schema-form";
import { sentence } from "../errors";
import { Answers } from "./Answers";
import { Inputs } from "./Inputs";
import type { Kind } from "./kinds";
import { labels, optionLabels, type Row } from "./labels";
import { layouts, type Section } from "./layouts";
import { Profile } from "./Profile";
import { references } from "./refs";
import { texts } from "./texts";

interface ObjectFormProps {
  kind: Kind;
  state: DraftState;
  secrets: string[];
  /** Fields that are not asked for: they make the key of an object that is there. */
  hidden: string[];
  readOnly: boolean;
}

/** ObjectForm is the form of an object, made of the schema of its kind. */
export function ObjectForm({ kind, state, secrets, hidden, readOnly }: ObjectFormProps) {
  const labelOf = useLabels(kind);
  const pick = usePick();
  const setting: FormSetting = { state, secrets, readOnly, optionOf: useOptions(kind), labelOf, widgetOf };
  const properties = state.field.kind === "group" ? state.field.properties.filter((p) => !hidden.includes(p.key)) : [];
  const sections = useSections(kind, properties);
  return (
    <FormContext value={setting}>
      <Stack gap="lg">
        {sections.map(({ title, properties: fields }, i) => (
          <Card key={i} component="section" aria-label={title && pick(title)}>
            {title && <Title order={2} mb="md">{pick(title)}</Title>}
            <PropertiesView properties={fields} path="" />
          </Card>
        ))}
      </Stack>
    </FormContext>
  );
}

function usePick() {
  const { language } = useLanguage();
  return (row: Row) => (language === "fr" ? row[1] : row[0]);
}

/** useLabels tells how fields are called; one that we have no word for yet shows the manual's. */
function useLabels(kind: Kind) {
  const { language } = useLanguage();
  return useMemo(
    () => (field: Field) => {
      const row = labels[kind]?.[field.path];
      if (row) return { label: language === "fr" ? row[1] : row[0], hint: language === "fr" ? row[3] : row[2] };
      if (field.path.includes("#")) return { label: "" };
      return { label: sentence((field.path.split(".").pop() ?? "").replaceAll("_", " ")), hint: field.description && sentence(field.description) };
    },
    [kind, language],
  );
}

/** useOptions tells what the values of a choice are called: those without a word of their own are what files say. */
function useOptions(kind: Kind) {
  const { language } = useLanguage();
  return useMemo(() => (field: Field, value: string) => optionLabels[`${kind}.${field.path}`]?.[value]?.[language === "fr" ? 1 : 0] ?? value, [kind, language]);
}

function widgetOf(field: Field): Widget | undefined {
  if (field.path === "answers") return Answers;
  if (field.path === "inputs") return Inputs;
  if (field.kind !== "text" && field.kind !== "list") return undefined;
  if (field.path === "quiet_hours") return Profile;
  return references[field.path];
}

/** useSections puts the fields of a kind into their parts. */
function useSections(kind: Kind, properties: Property[]): { title?: Row; properties: Property[] }[] {
  const t = useTexts(texts);
  const layout: Section[] = layouts[kind] ?? [];
  if (layout.length === 0) return [{ properties }];
  const placed = layout.map(({ title, keys }) => ({ title, properties: keys.flatMap((key) => properties.filter((p) => p.key === key)) }));
  const rest = properties.filter((p) => !layout.some(({ keys }) => keys.includes(p.key)));
  return rest.length > 0 ? [...placed, { title: [t.more, t.more], properties: rest }] : placed;
}
