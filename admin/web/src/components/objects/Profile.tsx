import { Select } from "@mantine/core";

import { useTexts } from "../../i18n";
import { useInput, type WidgetProps } from "../schema-form";
import type { TextField } from "../schema-form/model";
import { texts } from "./texts";

/** Profile chooses the hours in which marketing may be sent, among those that the gateway knows. */
export function Profile(props: WidgetProps) {
  const t = useTexts(texts);
  const { value, set, input } = useInput<string>(props);
  const known = (props.field as TextField).examples ?? [];
  const data = [...new Set(["country", ...known, ...(value ? [value] : [])])].map((name) => ({ value: name, label: name === "country" ? t.quiet.country : name }));
  return <Select {...input} openOnFocus={false} searchable allowDeselect={false} data={data} value={value || null} onChange={(v) => { set(v ?? ""); }} />;
}
