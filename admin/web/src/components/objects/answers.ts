import type { Builtin } from "../schema-form/model";

/** What a program says of itself, as its answers name it. */
export interface Speaker {
  brand: string;
  title: string;
  contact: string;
  country: string;
}

/** builtinOf is the text that stands in for an answer: that of the country before the common one. */
export const builtinOf = (texts: Builtin | undefined, country: string, language: string): string => texts?.[country]?.[language] ?? texts?.[""]?.[language] ?? "";

/** The longest short code stands for all, as in the gateway's own check. */
const longestCode = "999999";

/** filled is an answer as phones get it; the number of messages that it promises is known to the gateway alone. */
export function filled(text: string, { brand, title, contact }: Speaker): string {
  const named = title ? text : text.replaceAll("{brand} {program}", "{brand}");
  const values: Record<string, string> = { brand, program: title || brand, contact, code: longestCode };
  return named.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
