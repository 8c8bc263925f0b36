import { may } from "../../api/session";
import type { Me } from "../../api/types";
import type { Document } from "../schema-form/draft";
import { fieldOf, propertyOf, without, type Field, type GroupField, type JsonSchema } from "../schema-form";

export const kinds = ["programs", "short_codes", "keywords", "places", "carriers", "webhooks", "contact_fields", "offers", "catalogues", "polls", "games"] as const;
export type Kind = (typeof kinds)[number];

export const isKind = (text: string | undefined): text is Kind => kinds.includes(text as Kind);

/** operated are the kinds that concern the way of messages: they need the right to operate. */
const operated: Kind[] = ["carriers", "programs", "short_codes", "webhooks"];

/** mayChange reports whether somebody may change objects of a kind; of which programs the API knows. */
export const mayChange = (me: Me, kind: Kind): boolean => may(me, "edit") && (!operated.includes(kind) || may(me, "operate"));

/** retired are the kinds that stay readable when they are deleted. */
export const retired: Kind[] = ["carriers", "programs", "offers", "polls", "games"];

/** The path of the page of an object; names begin with a letter or digit, so that _new is none. */
export function pathOf(kind: Kind, key = "_new"): string {
  const base = kind === "keywords" ? "/keywords" : kind === "programs" || kind === "short_codes" || kind === "places" ? `/programs/${kind}` : `/settings/objects/${kind}`;
  return `${base}/${encodeURIComponent(key)}`;
}

/** listOf is the page that lists a kind. */
export function listOf(kind: Kind): string {
  if (kind === "keywords") return "/keywords";
  return kind === "programs" || kind === "short_codes" || kind === "places" ? `/programs?kind=${kind}` : `/settings/objects/${kind}`;
}

/** Shape is how the document of a kind stands in a form. */
export interface Shape {
  field: Field;
  /** The fields that make the key. */
  keys: string[];
  toForm: (document: unknown) => unknown;
  toDocument: (form: unknown) => unknown;
  /** Where a location of the document stands in the form. */
  locate: (location: string) => string;
  keyOf: (document: unknown) => string;
}

const keyFields: Partial<Record<Kind, string>> = { short_codes: "number", catalogues: "program" };

/** shapeOf makes the shape of a kind of its schema. */
export function shapeOf(kind: Kind, schema: JsonSchema): Shape {
  if (kind === "keywords") return keywordShape(schema);
  const key = keyFields[kind] ?? "name";
  return {
    field: fieldOf(schema), keys: [key],
    toForm: (document) => document, toDocument: (form) => form, locate: (location) => location,
    keyOf: (document) => String((document as Document | undefined)?.[key] ?? ""),
  };
}

/** A keyword is a list of entries that share a code and a word: a form asks for these once. */
function keywordShape(schema: JsonSchema): Shape {
  const entries = fieldOf(schema);
  const item = entries.kind === "list" ? (entries.item as GroupField) : undefined;
  if (!item) throw new Error("the schema of keywords is no list");
  const shared = ["short_code", "word"];
  const field: GroupField = {
    kind: "group", path: "", required: true,
    properties: [
      ...shared.flatMap((key) => { const found = propertyOf(item, key); return found ? [{ key, field: found }] : []; }),
      { key: "entries", field: { ...entries, kind: "list", path: "entries", item: without(item, ...shared) } },
    ],
  };
  return {
    field, keys: shared,
    toForm: (document) => {
      const list = (Array.isArray(document) ? document : [{}]) as Document[];
      return { short_code: list[0]?.short_code, word: list[0]?.word, entries: list.map((entry) => Object.fromEntries(Object.entries(entry).filter(([key]) => !shared.includes(key)))) };
    },
    toDocument: (form) => {
      const { short_code, word, entries: list = [] } = form as { short_code?: string; word?: string; entries?: Document[] };
      return list.map((entry) => ({ ...(short_code !== undefined && { short_code }), ...(word !== undefined && { word }), ...entry }));
    },
    locate: (location) => location.replace(/^body\[\d+\]\.(short_code|word)$/, "body.$1").replace(/^body\[/, "body.entries["),
    keyOf: (document) => {
      const [first] = document as Document[];
      return `${String(first?.short_code ?? "")} ${String(first?.word ?? "")}`;
    },
  };
}
