import type { Language, Texts } from "../../i18n";
import type { ruleTexts } from "./texts";

type RuleTexts = typeof ruleTexts extends Texts<infer T> ? Texts<T>[Language] : never;

/** Explained is a rule in words. */
export interface Explained {
  /** A few words. */
  name: string;
  /** A sentence on what that means; absent when the name says it. */
  text?: string;
  /** The ways that a text went through flows, in order. */
  ways: string[];
}

/** idOf is what names a rule of the gate or a step of the classifier in front of its words: G04, A1, 2. */
const idOf = (rule: string): string | undefined => /^([GA]\d+)\b/.exec(rule)?.[1] ?? /^(\d+):? /.exec(rule)?.[1];

/**
 * explainRule puts what the API says of a decision into words. One that is not
 * known here is shown as it is.
 */
export function explainRule(rule: string, t: RuleTexts): Explained {
  const [, taker = rule, trace = ""] = /^(.*?): (\S.*)$/.exec(rule) ?? [];
  const ways = trace.split(" ").filter((way) => way.includes(">"));
  const id = idOf(rule);
  const known = (id && at(/^\d/.test(id) ? t.steps : t.gate, id)) || at(t.other, rule) || at(t.takers, taker);
  if (!known) return { name: rule, ways: [] };
  return { ...known, ways: id ? [] : ways };
}

function at(texts: Record<string, { name: string; text?: string } | undefined>, key: string): { name: string; text?: string } | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}
