import { Autocomplete, Button, Group, Input, NumberInput, PasswordInput, Select, Switch, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";

import { useTexts } from "../../i18n";
import { useField, useSetting, type WidgetProps } from "./context";
import type { SecretDraft } from "./draft";
import { hintOf } from "./Hint";
import { isLong, type ChoiceField, type NumberField, type TextField } from "./model";
import { texts } from "./texts";

/** Hints stand below, so that inputs side by side are level. */
export const inputWrapperOrder: ("label" | "input" | "description" | "error")[] = ["label", "input", "error", "description"];

/** useInput gives the properties that all inputs share. */
export function useInput<T extends string | number | string[]>(props: WidgetProps) {
  const { value, set, label, hint, error, required } = useField<T>(props);
  const named = props.bare ? { "aria-label": label } : { label, description: hintOf(hint), withAsterisk: required };
  return { value, set, input: { ...named, error, inputWrapperOrder, "aria-required": required || undefined } };
}

/** presetText tells what holds when nothing is written. */
export const presetText = (preset: unknown): string => (typeof preset === "string" || typeof preset === "number" ? String(preset) : "");

export function TextView(props: WidgetProps & { field: TextField }) {
  const { value, set, input } = useInput<string>(props);
  if (props.field.secret) return <SecretView {...props} />;
  const { examples, preset } = props.field;
  if (examples) return <Autocomplete {...input} placeholder={presetText(preset)} data={examples} value={value} onChange={set} />;
  if (isLong(props.field)) return <Textarea {...input} autosize minRows={2} value={value} onChange={(e) => { set(e.currentTarget.value); }} />;
  return <TextInput {...input} placeholder={presetText(preset)} value={value} onChange={(e) => { set(e.currentTarget.value); }} />;
}

export function NumberView(props: WidgetProps & { field: NumberField }) {
  const { value, set, input } = useInput<number | string>(props);
  const { integer, money, min, max, preset } = props.field;
  return (
    <NumberInput
      {...input}
      placeholder={presetText(preset)}
      allowDecimal={!integer}
      {...(money && { decimalScale: 2, fixedDecimalScale: value !== "", step: 0.5 })}
      {...(min !== undefined && { min })}
      {...(max !== undefined && { max })}
      value={value}
      onChange={set}
    />
  );
}

export function FlagView(props: WidgetProps) {
  const { value, set, label, hint, error } = useField<boolean>(props);
  return <Switch label={label} description={hintOf(hint)} error={error} checked={value} onChange={(e) => { set(e.currentTarget.checked); }} />;
}

export function ChoiceView(props: WidgetProps & { field: ChoiceField }) {
  const { value, set, input } = useInput<string>(props);
  const { optionOf } = useSetting();
  const { options, required, preset } = props.field;
  return <Select {...input} openOnFocus={false} data={options.map((option) => ({ value: option, label: optionOf(props.field, option) }))} value={value || null} allowDeselect={!required && preset === undefined} onChange={(v) => { set(v ?? ""); }} />;
}

/** WordsView is a list of short texts. */
export function WordsView({ data, ...props }: WidgetProps & { data?: string[] }) {
  const t = useTexts(texts);
  const { value, set, input } = useInput<string[]>(props);
  return <TagsInput {...input} openOnFocus={false} placeholder={value.length === 0 ? t.listHint : ""} data={data ?? []} splitChars={[",", ";", "\n"]} acceptValueOnBlur clearable value={value} onChange={set} />;
}

/** SecretView replaces a secret, which nobody can read. */
export function SecretView(props: WidgetProps) {
  const t = useTexts(texts);
  const { value, set, label, hint, error } = useField<SecretDraft>(props);
  const isSet = useSetting().secrets.includes(props.path);
  const { keep, text } = value;
  if (keep) {
    return (
      <Input.Wrapper label={label} description={hintOf(hint)} labelElement="div" error={error} inputWrapperOrder={inputWrapperOrder}>
        <Group gap="sm" mih={36} wrap="nowrap">
          <IconLock size={18} aria-hidden color="var(--mantine-color-dimmed)" />
          <Text size="sm" style={{ flex: 1 }}>{isSet ? t.secretSet : t.secretNone}</Text>
          <Button size="compact-sm" variant="default" aria-label={`${isSet ? t.replace : t.setIt}: ${label}`} onClick={() => { set({ keep: false, text: "" }); }}>
            {isSet ? t.replace : t.setIt}
          </Button>
        </Group>
      </Input.Wrapper>
    );
  }
  return (
    <Group gap="sm" align="flex-end" wrap="nowrap">
      <PasswordInput
        label={label}
        description={text === "" && isSet ? t.dropped : hintOf(hint)}
        error={error}
        style={{ flex: 1 }}
        autoComplete="new-password"
        autoFocus
        value={text}
        onChange={(e) => { set({ keep: false, text: e.currentTarget.value }); }}
      />
      <Button variant="default" onClick={() => { set({ keep: true, text: "" }); }}>{t.keep}</Button>
    </Group>
  );
}
