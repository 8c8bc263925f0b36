/** FieldChange is one field before and after a change; undefined: it was not there. */
export interface FieldChange {
  field: string;
  before: string | undefined;
  after: string | undefined;
}

/** diff lists the fields that differ between two documents, by their paths. */
export function diff(before: unknown, after: unknown): FieldChange[] {
  const was = flat(before);
  const is = flat(after);
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((field) => ({ field, before: was.get(field), after: is.get(field) }))
    .filter((change) => change.before !== change.after);
}

/** flat writes each leaf of a document under its path; lists of plain values are leaves. */
function flat(value: unknown, path = "", into = new Map<string, string>()): Map<string, string> {
  if (value === undefined || (value === null && !path)) return into;
  const nested = typeof value === "object" && value !== null && !(Array.isArray(value) && value.every((item) => typeof item !== "object"));
  if (!nested) return into.set(path, textOf(value));
  for (const [key, inner] of Object.entries(value as object)) flat(inner, path ? `${path}.${key}` : key, into);
  return into;
}

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(", ") : typeof value === "string" ? value : JSON.stringify(value));
