import type { FieldError } from "../../api/client";
import type { Draft, EitherDraft, EntryDraft, GroupDraft } from "./draft";
import type { Field } from "./model";

export type Errors = Record<string, string>;

/** draftPath is where a location of the document, such as items[1].price, stands in a draft; as near as there is. */
export function draftPath(field: Field, draft: Draft | undefined, location: string): string {
  const rest = location.replace(/^\./, "");
  if (rest === "" || draft === undefined) return "";
  switch (field.kind) {
    case "list": {
      const [index = "", n = ""] = /^\[(\d+)\]/.exec(rest) ?? [];
      if (field.item.kind === "text" || index === "") return ""; // a list of words is one input
      return dotted(n, draftPath(field.item, (draft as Draft[])[Number(n)], rest.slice(index.length)));
    }
    case "group": {
      const found = nearest(field.properties.map((p) => p.key), rest);
      const property = field.properties.find((p) => p.key === found);
      return property ? dotted(property.key, draftPath(property.field, (draft as GroupDraft)[property.key], rest.slice(property.key.length))) : "";
    }
    case "map": {
      const entries = draft as EntryDraft[];
      const key = nearest(entries.map((e) => e.key), rest);
      const index = entries.findIndex((e) => e.key === key);
      return index < 0 || key === undefined ? "" : dotted(`${index}.value`, draftPath(field.item, entries[index]?.value, rest.slice(key.length)));
    }
    case "either": {
      const { form, forms } = draft as EitherDraft;
      const inner = field.forms[form];
      return inner ? dotted(`forms.${form}`, draftPath(inner, forms[form], rest)) : "";
    }
    default:
      return "";
  }
}

const dotted = (path: string, rest: string) => (rest ? `${path}.${rest}` : path);

/** nearest is the longest key with which a location begins: keys may have dots. */
function nearest(keys: string[], location: string): string | undefined {
  return keys.filter((key) => key !== "" && (location === key || location.startsWith(`${key}.`) || location.startsWith(`${key}[`))).sort((a, b) => b.length - a.length)[0];
}

/** place puts what the API says of a document at the fields of its draft; what has no field is left. */
export function place(field: Field, draft: Draft, errors: FieldError[]): { placed: Errors; left: string[] } {
  const placed: Errors = {};
  const left: string[] = [];
  for (const { location = "", message = "" } of errors) {
    const path = draftPath(field, draft, location.replace(/^body/, ""));
    if (path === "") left.push(message);
    else placed[path] = placed[path] ? `${placed[path]} ${message}` : message;
  }
  return { placed, left };
}

/** What a form says by itself. */
export interface CheckTexts {
  required: string;
  twice: string;
}

/** check finds what is missing before the API has to say it. Drafts begin with a group. */
export function check(field: Field, draft: Draft, texts: CheckTexts, at = "", errors: Errors = {}): Errors {
  switch (field.kind) {
    case "list":
      if (field.required && (draft as Draft[]).length === 0) errors[at] = texts.required;
      (draft as Draft[]).forEach((item, i) => check(field.item, item, texts, `${at}.${i}`, errors));
      break;
    case "map":
      checkEntries(draft as EntryDraft[], texts, at, errors);
      (draft as EntryDraft[]).forEach((entry, i) => check(field.item, entry.value, texts, `${at}.${i}.value`, errors));
      break;
    case "group":
      for (const { key, field: inner } of field.properties) check(inner, (draft as GroupDraft)[key] ?? "", texts, at ? `${at}.${key}` : key, errors);
      break;
    case "either": {
      const { form, forms } = draft as EitherDraft;
      const inner = field.forms[form];
      if (inner && (field.required || inner.kind === "group")) check(inner, forms[form] ?? "", texts, `${at}.forms.${form}`, errors);
      break;
    }
    default:
      if (field.required && draft === "") errors[at] = texts.required;
  }
  return errors;
}

function checkEntries(entries: EntryDraft[], texts: CheckTexts, at: string, errors: Errors): void {
  const seen = new Set<string>();
  entries.forEach(({ key }, i) => {
    if (key.trim() === "") errors[`${at}.${i}.key`] = texts.required;
    else if (seen.has(key)) errors[`${at}.${i}.key`] = texts.twice;
    seen.add(key);
  });
}

/** under reports whether anything is wrong at a path or below it. */
export const under = (errors: Record<string, unknown>, path: string): boolean => Object.keys(errors).some((at) => at === path || at.startsWith(`${path}.`));
