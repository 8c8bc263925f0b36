/** The languages of the UI. */
export const languages = { en: "English", fr: "Français" } as const;
export type Language = keyof typeof languages;

/** A text, or a function that makes one of what stands in it. */
type Text = string | ((...values: never[]) => string);
interface Tree {
  readonly [key: string]: Text | Tree;
}

/** Same has the keys of T; texts may differ, what stands in them may not. */
type Same<T> = { readonly [K in keyof T]: T[K] extends string ? string : T[K] extends (...values: infer A) => string ? (...values: A) => string : Same<T[K]> };

export type Texts<T> = Record<Language, Same<T>>;

/**
 * defineTexts pairs the texts of one part of the UI. Each page has its own, in
 * texts.ts of its folder; a test finds all of them by that name.
 */
export function defineTexts<const T extends Tree>(en: T, fr: Same<T>): Texts<T> {
  return { en: en as unknown as Same<T>, fr };
}

/** plural chooses the word for a number; French takes the singular for 0 too. */
export function plural(language: Language, n: number, one: string, other: string): string {
  return new Intl.PluralRules(language).select(n) === "one" ? one : other;
}
