import { Chip, Group, Input, MultiSelect, Select, TextInput } from "@mantine/core";
import { useMemo } from "react";

import { useLanguage, useTexts } from "../../i18n";
import { useField, type Widget, type WidgetProps } from "./context";
import { hintOf } from "./Hint";
import { inputWrapperOrder, presetText, useInput } from "./inputs";
import type { Field } from "./model";
import { countryCodes, languageNames, options, timeZones } from "./names";
import { texts } from "./texts";
import { dayNames, daysOf, daysText, hoursOf, hoursText, type Day } from "./week";
import { WeekView } from "./WeekView";

/** CodeSelect chooses a code by its name; a code that is not among the known ones stays. */
function CodeSelect({ known, type, ...props }: WidgetProps & { known: readonly string[]; type: "region" | "language" | "currency" }) {
  const { language } = useLanguage();
  const { value, set, input } = useInput<string>(props);
  const data = useMemo(() => options(value && !known.includes(value) ? [...known, value] : known, type, language), [known, type, language, value]);
  return <Select {...input} openOnFocus={false} searchable clearable={!props.field.required} data={data} value={value || null} onChange={(v) => { set(v ?? ""); }} />;
}

const Country: Widget = (props) => <CodeSelect {...props} known={countryCodes} type="region" />;
const Language: Widget = (props) => <CodeSelect {...props} known={languageNames} type="language" />;
const currencies = ["AUD", "BGN", "BRL", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HUF", "MXN", "NOK", "NZD", "PLN", "RON", "SEK", "USD"];
const Currency: Widget = (props) => <CodeSelect {...props} known={currencies} type="currency" />;

/** Languages are chosen in their order: the first is the default. */
const Languages: Widget = (props) => {
  const { language } = useLanguage();
  const { value, set, input } = useInput<string[]>(props);
  const data = useMemo(() => options([...new Set([...languageNames, ...value])], "language", language), [language, value]);
  return <MultiSelect {...input} openOnFocus={false} searchable hidePickedOptions data={data} value={value} onChange={set} />;
};

const Zone: Widget = (props) => {
  const { value, set, input } = useInput<string>(props);
  const zones = useMemo(() => [...new Set(["UTC", ...timeZones(), ...(value ? [value] : [])])], [value]);
  return (
    <Select
      {...input}
      openOnFocus={false}
      searchable
      limit={60}
      clearable={!props.field.required}
      placeholder={presetText(props.field.preset)}
      data={zones}
      value={value || null}
      onChange={(v) => { set(v ?? ""); }}
    />
  );
};

/** Moment is a time on the wall clock, without a zone. */
const Moment: Widget = (props) => {
  const { value, set, input } = useInput<string>(props);
  const written = value.replace(" ", "T");
  const full = /^\d{4}-\d\d-\d\d$/.test(written) ? `${written}T00:00` : written;
  return <TextInput {...input} type="datetime-local" value={full} onChange={(e) => { set(e.currentTarget.value); }} />;
};

const Days: Widget = (props) => {
  const t = useTexts(texts).week;
  const { value, set, label, hint, error } = useField<string>(props);
  const days = daysOf(value);
  if (value !== "" && !days) return <Written {...props} />;
  return (
    <Input.Wrapper label={label} description={hintOf(hint)} error={error} labelElement="div" inputWrapperOrder={inputWrapperOrder}>
      <Chip.Group multiple value={days ?? []} onChange={(on) => { set(daysText(on as Day[])); }}>
        <Group gap={6} mih={36} role="group" aria-label={label}>
          {dayNames.map((day) => <Chip key={day} value={day} size="xs" aria-label={t.days[day]}>{t.short[day]}</Chip>)}
        </Group>
      </Chip.Group>
    </Input.Wrapper>
  );
};

/** Hours are a window of each day. */
const Hours: Widget = (props) => {
  const t = useTexts(texts).week;
  const { value, set, label, hint, error } = useField<string>(props);
  const hours = hoursOf(value) ?? { from: "", to: "" };
  if (value !== "" && value !== "-" && !/^[\d:]*-[\d:]*$/.test(value)) return <Written {...props} />;
  const [from = hours.from, to = hours.to] = value ? value.split("-") : [];
  const write = (next: { from: string; to: string }) => { set(next.from || next.to ? hoursText(next) : ""); };
  return (
    <Input.Wrapper label={label} description={hintOf(hint)} error={error} labelElement="div" inputWrapperOrder={inputWrapperOrder}>
      <Group gap="xs" wrap="nowrap">
        <TextInput type="time" aria-label={t.fromOf(label)} value={from} onChange={(e) => { write({ from: e.currentTarget.value, to }); }} style={{ flex: 1 }} />
        <span aria-hidden>–</span>
        <TextInput type="time" aria-label={t.toOf(label)} value={to === "24:00" ? "23:59" : to} onChange={(e) => { write({ from, to: e.currentTarget.value }); }} style={{ flex: 1 }} />
      </Group>
    </Input.Wrapper>
  );
};

/** Written is a value that no other input can show: as the file has it. */
function Written(props: WidgetProps) {
  const { value, set, input } = useInput<string>(props);
  return <TextInput {...input} value={value} onChange={(e) => { set(e.currentTarget.value); }} />;
}

const byCheck: Record<string, Widget> = { zone: Zone, country: Country, language: Language, currency: Currency, moment: Moment, days: Days, hours: Hours };

/** widgetFor is how fields with a check of the gateway's are shown. */
export function widgetFor(field: Field): Widget | undefined {
  if (field.kind === "text") return byCheck[field.check ?? ""];
  if (field.kind === "list" && field.item.kind === "text" && field.item.check === "language") return Languages;
  if (field.kind === "map" && field.item.kind === "text" && (field.item.check === "opening" || field.path === "quiet_hours.days")) return WeekView;
  return undefined;
}
