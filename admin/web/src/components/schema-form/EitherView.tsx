import { Box, Group, Input, SegmentedControl } from "@mantine/core";

import { useTexts } from "../../i18n";
import { useField, useSetting, type WidgetProps } from "./context";
import type { EitherDraft } from "./draft";
import { FieldView } from "./FieldView";
import { hintOf } from "./Hint";
import { Inner } from "./ListView";
import type { EitherField, Field } from "./model";
import { texts } from "./texts";

/** EitherView lets choose the form in which something is said. */
export function EitherView({ field, path, bare }: WidgetProps & { field: EitherField }) {
  const t = useTexts(texts);
  const { labelOf } = useSetting();
  const { value, set, label, hint, error, required } = useField<EitherDraft>({ field, path });
  const inner = field.forms[value.form];
  const nameOf = (form: Field, i: number) => {
    const own = labelOf({ ...form, path: `${field.path}#${i}` }).label;
    return own || t.kinds[form.kind];
  };
  return (
    <Input.Wrapper {...(!bare && { label, description: hintOf(hint), withAsterisk: required })} error={error} labelElement="div">
      <Group gap="sm" mt="xs" align="flex-start">
        <SegmentedControl
          aria-label={label}
          size="xs"
          data={field.forms.map((form, i) => ({ value: String(i), label: nameOf(form, i) }))}
          value={String(value.form)}
          onChange={(form) => { set({ ...value, form: Number(form) }); }}
        />
        {inner && (
          <Box style={{ flex: "1 1 16rem", minWidth: 0 }}>
            {inner.kind === "group" ? <Inner field={inner} path={`${path}.forms.${value.form}`} /> : <FieldView bare field={inner} path={`${path}.forms.${value.form}`} />}
          </Box>
        )}
      </Group>
    </Input.Wrapper>
  );
}
