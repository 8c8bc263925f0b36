import { Input, Stack, Switch, TextInput } from "@mantine/core";

import { useTexts } from "../../i18n";
import { useField, useSetting, type WidgetProps } from "./context";
import type { EntryDraft } from "./draft";
import classes from "./form.module.css";
import { hintOf } from "./Hint";
import { MapView } from "./MapView";
import type { MapField } from "./model";
import { texts } from "./texts";
import { dayNames, weekEntries, weekOf, type Day, type Hours, type Week } from "./week";

const usual: Hours = { from: "09:00", to: "19:00" };

/** WeekView shows opening hours as a week; what no week can show stays lines of days and hours. */
export function WeekView({ field, path, bare = false }: WidgetProps) {
  const t = useTexts(texts).week;
  const { state } = useSetting();
  const { value, set, label, hint, error } = useField<EntryDraft[]>({ field, path });
  const week = weekOf(value.map((e) => [e.key, e.value as string] as const));
  if (!week) return <MapView field={field as MapField} path={path} bare={bare} />;
  const limited = value.length > 0;
  const write = (next: Week) => { set(weekEntries(next).map(([key, hours]) => ({ key, value: hours }))); };
  const change = (day: Day, hours: Hours | undefined) => { write({ ...week, [day]: hours }); };
  const wrong = error ?? Object.entries(state.errors).find(([at]) => at.startsWith(`${path}.`))?.[1];
  return (
    <Input.Wrapper {...(!bare && { label, description: hintOf(hint) })} error={wrong} labelElement="div">
      <Stack gap={4} mt="xs">
        {!field.required && (
          <Switch
            label={t.limit}
            checked={limited}
            onChange={(e) => { if (e.currentTarget.checked) write(Object.fromEntries(dayNames.map((d) => [d, usual])) as Week); else set([]); }}
          />
        )}
        {(limited || field.required) && dayNames.map((day) => <DayRow key={day} day={day} hours={week[day]} change={(hours) => { change(day, hours); }} />)}
      </Stack>
    </Input.Wrapper>
  );
}

function DayRow({ day, hours, change }: { day: Day; hours: Hours | undefined; change: (hours: Hours | undefined) => void }) {
  const t = useTexts(texts).week;
  const name = t.days[day];
  return (
    <div className={classes.day}>
      <Switch label={hours ? name : `${name} – ${t.closed.toLowerCase()}`} checked={!!hours} onChange={(e) => { change(e.currentTarget.checked ? usual : undefined); }} />
      {hours && (
        <>
          <TextInput size="xs" type="time" aria-label={t.fromOf(name)} value={hours.from} onChange={(e) => { if (e.currentTarget.value) change({ ...hours, from: e.currentTarget.value }); }} />
          <TextInput size="xs" type={hours.to === "24:00" ? "text" : "time"} aria-label={t.toOf(name)} value={hours.to} onChange={(e) => { if (e.currentTarget.value) change({ ...hours, to: e.currentTarget.value }); }} />
        </>
      )}
    </div>
  );
}
