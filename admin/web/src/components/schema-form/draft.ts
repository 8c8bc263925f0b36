import type { EitherField, Field, GroupField, MapField } from "./model";

/** What a secret shall become: it is never read, so there is nothing to compare. */
export interface SecretDraft { keep: boolean; text: string }
export interface EntryDraft { key: string; value: Draft }
/** The forms of a field that has several keep what was written in each. */
export interface EitherDraft { form: number; forms: Draft[] }
export interface GroupDraft { [key: string]: Draft }

/** Draft is a document as a form holds it: every field is there, maps are lists of entries. */
export type Draft = string | number | boolean | SecretDraft | EitherDraft | GroupDraft | EntryDraft[] | Draft[];

export type Document = Record<string, unknown>;

const isObject = (value: unknown): value is Document => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * draftOf makes the draft of a document, undefined for a new one. Keys and
 * values that the fields cannot show are noted in lost.
 */
export function draftOf(field: Field, document: unknown, lost: string[] = [], at = ""): Draft {
  const value = document ?? field.preset;
  if (value !== undefined && !fits(field, value)) lost.push(at);
  switch (field.kind) {
    case "text":
      return field.secret ? { keep: true, text: "" } : scalar(value);
    case "choice":
      return scalar(value);
    case "number":
      return typeof value === "number" || (typeof value === "string" && value !== "" && !Number.isNaN(Number(value))) ? Number(value) : "";
    case "flag":
      return value === true || value === "true";
    case "list":
      return (Array.isArray(value) ? value : []).map((item, i) => draftOf(field.item, item, lost, `${at}[${i}]`));
    case "map":
      return Object.entries(isObject(value) ? value : {}).map(([key, item]) => ({ key, value: draftOf(field.item, item, lost, join(at, key)) }));
    case "group":
      return groupOf(field, isObject(value) ? value : {}, lost, at);
    case "either":
      return eitherOf(field, value, lost, at);
  }
}

const join = (at: string, key: string) => (at ? `${at}.${key}` : key);

const scalar = (value: unknown): string => (typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "");

function groupOf(field: GroupField, value: Document, lost: string[], at: string): GroupDraft {
  const known = field.properties.map((p) => p.key);
  for (const key of Object.keys(value)) if (!known.includes(key)) lost.push(join(at, key));
  return Object.fromEntries(field.properties.map((p) => [p.key, draftOf(p.field, value[p.key], lost, join(at, p.key))]));
}

function eitherOf(field: EitherField, value: unknown, lost: string[], at: string): EitherDraft {
  const found = value === undefined ? 0 : field.forms.findIndex((form) => fits(form, value));
  const form = Math.max(0, found);
  return { form, forms: field.forms.map((f, i) => (i === form ? draftOf(f, found < 0 ? undefined : value, lost, at) : draftOf(f, undefined))) };
}

/** fits reports whether a value has the shape of a field. */
function fits(field: Field, value: unknown): boolean {
  switch (field.kind) {
    case "list":
      return Array.isArray(value);
    case "map":
    case "group":
      return isObject(value);
    case "flag":
      return typeof value === "boolean" || value === "true" || value === "false";
    case "number":
      return typeof value === "number" || (typeof value === "string" && value !== "" && !Number.isNaN(Number(value)));
    case "either":
      return field.forms.some((form) => fits(form, value));
    case "choice":
      return field.options.includes(scalar(value));
    case "text":
      return !isObject(value) && !Array.isArray(value);
  }
}

/** documentOf makes the document of a draft: what is empty or has its default is left out. */
export function documentOf(field: Field, draft: Draft): unknown {
  const value = valueOf(field, draft);
  return !field.required && same(value, field.preset) ? undefined : value;
}

function valueOf(field: Field, draft: Draft): unknown {
  switch (field.kind) {
    case "text":
      if (field.secret) return secretOf(draft as SecretDraft);
      return draft === "" ? undefined : draft;
    case "choice":
      return draft === "" ? undefined : draft;
    case "number":
      return draft === "" ? undefined : Number(draft);
    case "flag":
      return draft === false && field.preset === undefined ? undefined : draft;
    case "list":
      return filled((draft as Draft[]).map((item) => documentOf(field.item, item) ?? (field.item.kind === "group" ? {} : "")));
    case "map":
      return mapOf(field, draft as EntryDraft[]);
    case "group":
      return groupDocument(field, draft as GroupDraft);
    case "either": {
      const { form, forms } = draft as EitherDraft;
      const inner = field.forms[form];
      const value = forms[form];
      if (!inner || value === undefined) return undefined;
      return valueOf(inner, value) ?? (inner.kind === "group" ? {} : undefined);
    }
  }
}

const secretOf = ({ keep, text }: SecretDraft) => (keep ? undefined : text);

const filled = (list: unknown[]) => (list.length === 0 ? undefined : list);

function mapOf(field: MapField, entries: EntryDraft[]): unknown {
  const pairs = entries.map(({ key, value }) => [key, documentOf(field.item, value) ?? emptyOf(field.item)] as const).filter(([, value]) => value !== undefined);
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

/** emptyOf is what an entry without a value says: a text that is not there is left out. */
function emptyOf(field: Field): unknown {
  if (field.kind === "group") return {};
  return field.kind === "list" ? [] : undefined;
}

function groupDocument(field: GroupField, draft: GroupDraft): unknown {
  const pairs = field.properties
    .map(({ key, field: inner }) => [key, documentOf(inner, draft[key] ?? "")] as const)
    .filter(([, value]) => value !== undefined);
  return pairs.length === 0 && field.path !== "" ? undefined : Object.fromEntries(pairs);
}

const same = (a: unknown, b: unknown) => a !== undefined && JSON.stringify(a) === JSON.stringify(b);
