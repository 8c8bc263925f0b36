import { Button, Select, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAdjustments, IconSearch, IconX } from "@tabler/icons-react";

import { useObjects, type ProgramObject, type ShortCodeObject } from "../../api/objects";
import { useMay } from "../../api/session";
import { messageTexts, nameOf } from "../../components/messages";
import { common, useTexts } from "../../i18n";
import { changed, choices, isFiltered, unfiltered, type Filter } from "./filter";
import classes from "./messages.module.css";
import { texts } from "./texts";

interface FiltersProps {
  filter: Filter;
  change: (filter: Filter) => void;
}

/** Filters narrow the list. On a phone they fold. */
export function Filters({ filter, change }: FiltersProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const m = useTexts(messageTexts);
  const [open, { toggle }] = useDisclosure();
  const seesPhones = useMay("see-phones");
  const programs = useObjects<ProgramObject>("programs").map((p) => p.name);
  const codes = useObjects<ShortCodeObject>("short_codes").map((code) => code.number);
  const possible = choices(filter.direction);
  const set = (part: Partial<Filter>) => { change(changed(filter, part)); };
  const named = (words: string[], names: Record<string, string>) => words.map((value) => ({ value, label: nameOf(value, names) }));
  return (
    <form role="search" aria-label={t.filters} className={classes.filters} data-open={open || undefined} onSubmit={(event) => { event.preventDefault(); }}>
      {seesPhones && (
        <TextInput className={classes.always ?? ""} label={t.phone} placeholder={t.phoneHint} inputMode="tel" autoComplete="off" value={filter.msisdn} onChange={(event) => { set({ msisdn: event.currentTarget.value }); }} />
      )}
      {seesPhones && (
        <TextInput label={t.contains} leftSection={<IconSearch size={16} />} autoComplete="off" maxLength={100} value={filter.contains} onChange={(event) => { set({ contains: event.currentTarget.value }); }} />
      )}
      <Select label={t.direction} placeholder={t.anyDirection} clearable data={[{ value: "in", label: t.directions.in }, { value: "out", label: t.directions.out }]} value={filter.direction} onChange={(direction) => { set({ direction }); }} />
      <Select label={t.status} placeholder={t.anyStatus} clearable searchable data={named(possible.status, m.status)} value={filter.status} onChange={(status) => { set({ status }); }} />
      <Select label={t.class} placeholder={t.anyClass} clearable data={named(possible.class, m.classes)} value={filter.class} onChange={(value) => { set({ class: value }); }} />
      <Select label={c.program} placeholder={t.anyProgram} clearable searchable data={programs} value={filter.program} onChange={(program) => { set({ program }); }} />
      <Select label={t.shortCode} placeholder={t.anyCode} clearable searchable data={codes} value={filter.short_code} onChange={(short_code) => { set({ short_code }); }} />
      <TextInput label={t.from} type="datetime-local" value={filter.from} onChange={(event) => { set({ from: event.currentTarget.value }); }} />
      <TextInput label={t.to} type="datetime-local" value={filter.to} onChange={(event) => { set({ to: event.currentTarget.value }); }} />
      <div className={classes.buttons}>
        <Button className={classes.fold ?? ""} variant="default" leftSection={<IconAdjustments size={16} />} aria-expanded={open} onClick={toggle}>
          {open ? t.fewer : t.more}
        </Button>
        <Button variant="subtle" leftSection={<IconX size={16} />} disabled={!isFiltered(filter)} onClick={() => { change(unfiltered); }}>
          {t.clear}
        </Button>
      </div>
    </form>
  );
}
