/** JsonSchema is what the gateway's schemas use of JSON Schema 2020-12. */
export interface JsonSchema {
  type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  title?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: { pattern?: string };
  oneOf?: JsonSchema[];
  enum?: string[];
  default?: unknown;
  pattern?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  minItems?: number;
  format?: string;
  writeOnly?: boolean;
  /** The gateway's name of a check that no pattern can say, such as zone. */
  "x-check"?: string;
  "x-order"?: string[];
  /** The texts that stand in for an answer, by country and language. */
  "x-builtin"?: Builtin;
  examples?: string[];
  "x-minimum"?: string;
  "x-maximum"?: string;
}

/** Builtin are texts by country ("" for all others) and language. */
export type Builtin = Record<string, Record<string, string>>;

interface Common {
  /** Where it stands in the schema, without the places in lists and maps: items.options.choices.price. */
  path: string;
  required: boolean;
  description?: string | undefined;
  /** What holds when the document does not say it. */
  preset?: unknown;
}

export interface TextField extends Common { kind: "text"; max?: number | undefined; pattern?: string | undefined; check?: string | undefined; examples?: string[] | undefined; secret: boolean }
export interface NumberField extends Common { kind: "number"; integer: boolean; money: boolean; min?: number | undefined; max?: number | undefined }
export interface FlagField extends Common { kind: "flag" }
export interface ChoiceField extends Common { kind: "choice"; options: string[] }
export interface ListField extends Common { kind: "list"; item: Field }
/** MapField has keys of people's own; languages says that they are languages. */
export interface MapField extends Common { kind: "map"; item: Field; languages: boolean; builtin?: Builtin | undefined }
export interface Property { key: string; field: Field }
export interface GroupField extends Common { kind: "group"; properties: Property[] }
/** EitherField has one of several forms. */
export interface EitherField extends Common { kind: "either"; forms: Field[] }

/** Field is what a form asks for. */
export type Field = TextField | NumberField | FlagField | ChoiceField | ListField | MapField | GroupField | EitherField;

const languageKeys = "^[a-z]{2}$";

/** fieldOf makes the fields of a form of a schema. */
export function fieldOf(schema: JsonSchema, path = "", required = true): Field {
  const common: Common = { path, required, description: schema.description, preset: schema.default };
  if (schema.oneOf) return { ...common, kind: "either", forms: schema.oneOf.map((form) => fieldOf(form, path)) };
  if (schema.enum) return { ...common, kind: "choice", options: schema.enum };
  switch (schema.type) {
    case "object":
      return schema.properties ? { ...common, kind: "group", properties: propertiesOf(schema, path) } : mapOf(schema, common);
    case "array":
      return { ...common, kind: "list", item: fieldOf(schema.items ?? {}, path) };
    case "boolean":
      return { ...common, kind: "flag" };
    case "integer":
    case "number":
      return { ...common, kind: "number", integer: schema.type === "integer", money: schema["x-check"] === "price", min: schema.minimum, max: schema.maximum };
    default:
      return { ...common, kind: "text", max: schema.maxLength, pattern: schema.pattern, check: schema["x-check"] ?? schema.format, examples: schema.examples, secret: schema.writeOnly ?? false };
  }
}

function propertiesOf(schema: JsonSchema, path: string): Property[] {
  const all = schema.properties ?? {};
  const keys = schema["x-order"] ?? Object.keys(all);
  return keys.map((key) => ({
    key,
    field: fieldOf(all[key] ?? {}, path ? `${path}.${key}` : key, schema.required?.includes(key) ?? false),
  }));
}

function mapOf(schema: JsonSchema, common: Common): MapField {
  const item = typeof schema.additionalProperties === "object" ? schema.additionalProperties : {};
  const languages = schema.propertyNames?.pattern === languageKeys || common.path.split(".").pop() === "names";
  return { ...common, kind: "map", item: fieldOf(item, common.path), languages, builtin: schema["x-builtin"] };
}

/** isLong reports whether a text takes several lines. */
export const isLong = (field: Field): boolean => field.kind === "text" && (field.max ?? 0) >= 400;

/** without leaves properties out of a group. */
export function without(field: GroupField, ...keys: string[]): GroupField {
  return { ...field, properties: field.properties.filter((p) => !keys.includes(p.key)) };
}

/** propertyOf is the field of a key; undefined when the group has none. */
export const propertyOf = (field: Field, key: string): Field | undefined =>
  field.kind === "group" ? field.properties.find((p) => p.key === key)?.field : undefined;
