import { Fieldset, SimpleGrid, Text } from "@mantine/core";

import { useField, type WidgetProps } from "./context";
import { FieldView } from "./FieldView";
import { hintOf } from "./Hint";
import { isLong, type Field, type GroupField, type Property } from "./model";
import classes from "./form.module.css";

/** Fields that are one line each stand side by side. */
const narrow = (field: Field): boolean => (["text", "number", "choice", "flag"].includes(field.kind) && !isLong(field)) || (field.kind === "list" && field.item.kind === "text");

/** PropertiesView shows the fields of a group without a frame. */
export function PropertiesView({ properties, path }: { properties: Property[]; path: string }) {
  return (
    <SimpleGrid className={classes.grid ?? ""} cols={{ base: 1, sm: properties.every((p) => p.field.kind === "number") ? 3 : 2 }} spacing="lg" verticalSpacing="md">
      {properties.map(({ key, field }) => (
        <div key={key} className={narrow(field) ? undefined : classes.whole}>
          <FieldView field={field} path={path ? `${path}.${key}` : key} />
        </div>
      ))}
    </SimpleGrid>
  );
}

/** GroupView frames the fields that belong together. */
export function GroupView({ field, path }: WidgetProps & { field: GroupField }) {
  const { label, hint, error } = useField({ field, path });
  return (
    <Fieldset legend={<Text span inherit fw={550}>{label}</Text>}>
      {hint && <Text size="xs" c="dimmed" mb="sm">{hintOf(hint)}</Text>}
      {error && <Text size="sm" c="var(--mantine-color-error)" mb="sm" role="alert">{error}</Text>}
      <PropertiesView properties={field.properties} path={path} />
    </Fieldset>
  );
}
