/** Field is a line of the form: values are typed as text. */
export interface Field {
  name: string;
  value: string;
}

/** fieldsOf makes lines of what is kept. */
export const fieldsOf = (kept: Record<string, unknown> = {}): Field[] =>
  Object.entries(kept)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => ({ name, value: typeof value === "string" ? quoted(value) : JSON.stringify(value) }));

/** A text that reads as something else is shown in quotes, as it would have to be typed. */
const quoted = (text: string): string => (typeof read(text) === "string" && !text.startsWith('"') ? text : JSON.stringify(text));

function read(typed: string): unknown {
  if (typed !== typed.trim()) return typed;
  try {
    return JSON.parse(typed) as unknown;
  } catch {
    return typed;
  }
}

/** keptOf reads lines back: numbers, true, false and lists as such, all else as text. Lines without a name go. */
export const keptOf = (fields: Field[]): Record<string, unknown> => Object.fromEntries(fields.filter(({ name }) => name.trim()).map(({ name, value }) => [name.trim(), read(value)]));

/** twice are the places of fields whose name stands above already. */
export const twice = (fields: Field[]): number[] => fields.flatMap(({ name }, i) => (name.trim() && fields.findIndex((f) => f.name.trim() === name.trim()) < i ? [i] : []));
