import type { Action, Entry, Flow } from "./flow";
import { actions, functions, known } from "./language";

/** Suggestion is something that a text may print. */
export interface Suggestion {
  text: string;
  from: "input" | "saved" | "known" | "function";
}

/** suggestionsOf are what texts of a flow may print: what it was given, what it saves, what is known of everybody. */
export function suggestionsOf(flow: Flow): Suggestion[] {
  const saved = new Set<string>();
  const keep = (entry: Entry) => {
    if (entry.save) saved.add(entry.save);
    entry.do.forEach(act);
  };
  const act = (a: Action) => {
    const { save } = a.parameters;
    if (a.name === "set") Object.keys(a.parameters).forEach((name) => saved.add(name));
    if (save) (actions[a.name]?.saved ?? []).forEach((field) => saved.add(`${save}.${field}`));
    if (save && a.name === "webhook") saved.add(save);
  };
  for (const s of flow.states) {
    s.do.forEach(act);
    if (s.call?.save) saved.add(`${s.call.save}.outcome`);
  }
  for (const s of [...flow.states, ...(flow.anywhere ? [flow.anywhere] : [])]) {
    s.replies.forEach((r) => { keep(r); r.options.forEach(keep); });
    [...s.timeouts, ...s.events, ...(s.otherwise ? [s.otherwise] : [])].forEach(keep);
  }
  const { bare, ...groups } = known;
  return [
    ...flow.inputs.map(({ name }): Suggestion => ({ text: name, from: "input" })),
    ...[...saved].map((text): Suggestion => ({ text, from: "saved" })),
    { text: "menu", from: "known" },
    ...Object.entries(groups).flatMap(([owner, fields]) => fields.map((f): Suggestion => ({ text: `${owner}.${f}`, from: "known" }))),
    ...[...bare, "answer", "event", "unknown"].map((text): Suggestion => ({ text, from: "known" })),
    ...functions.map((text): Suggestion => ({ text, from: "function" })),
  ];
}

/** Completion is what is being written inside braces. */
export interface Completion {
  /** Where the word begins. */
  from: number;
  word: string;
}

/** completionAt is the word before the caret, if it stands inside braces. */
export function completionAt(text: string, caret: number): Completion | undefined {
  const before = text.slice(0, caret);
  const open = before.lastIndexOf("{{");
  if (open < 0 || before.indexOf("}}", open) >= 0) return undefined;
  const word = /[\w.]*$/.exec(before.slice(open + 2))?.[0] ?? "";
  return { from: caret - word.length, word };
}

/** matching are the suggestions that begin with a word, then those that hold it. */
export function matching(all: readonly Suggestion[], word: string, limit = 8): Suggestion[] {
  const w = word.toLowerCase();
  const starts = all.filter((s) => s.text.toLowerCase().startsWith(w));
  const holds = all.filter((s) => !starts.includes(s) && w !== "" && s.text.toLowerCase().includes(w));
  return [...starts, ...holds].filter((s) => s.text !== word).slice(0, limit);
}

/** completed is the text with a suggestion in the place of the word, the braces closed; and where the caret is then. */
export function completed(text: string, caret: number, at: Completion, suggestion: string): { text: string; caret: number } {
  const rest = text.slice(caret);
  const closed = /^[^{]*?\}\}/.test(rest);
  const now = text.slice(0, at.from) + suggestion + (closed ? "" : "}}") + rest;
  return { text: now, caret: at.from + suggestion.length + (closed ? 0 : 2) };
}
