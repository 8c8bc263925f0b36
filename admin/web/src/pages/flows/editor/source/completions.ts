import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";

import { completionAt, suggestionsOf } from "../model/completion";
import { actions, functions, keys, kinds } from "../model/language";
import type { Flow } from "../model/flow";
import { fold } from "../model/find";

const allKeys = [...new Set([...Object.values(keys).flat(), ...Object.keys(actions), ...Object.values(actions).flatMap((a) => [...Object.keys(a.parameters), ...(a.results ?? [])])])];

/** After these keys the name of a state stands. */
const toStates = new Set(["go", "start", "failed", "done", "away", ...Object.values(actions).flatMap((a) => a.results ?? [])]);

/** completions offers names of states behind `go`, what may be printed in braces, and keys. */
export const completions = (flow: () => Flow) => (context: CompletionContext): CompletionResult | null => {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const printed = completionAt(before, before.length);
  if (printed) return { from: line.from + printed.from, options: suggestionsOf(flow()).map((s): Completion => ({ label: s.text, type: s.from === "function" || functions.includes(s.text as never) ? "function" : "variable" })), validFor: /^[\w.]*$/ };
  const value = /([\w.]+):\s*([\w-]*)$/.exec(before);
  if (value) {
    const [, key = "", word = ""] = value;
    const from = context.pos - word.length;
    if (toStates.has(key)) return { from, options: [...flow().states.map((s) => ({ label: s.name, type: "class" })), ...(key === "go" ? [{ label: "again", type: "keyword" }, { label: "back", type: "keyword" }] : [])], validFor: /^[\w-]*$/ };
    const values = valuesOf(key, flow());
    return values ? { from, options: values.map((label) => ({ label, type: "constant" })), validFor: /^[\w-]*$/ } : null;
  }
  const key = /(?:^|[{,\s-])([a-z_]+)$/.exec(before);
  if (!key && !context.explicit) return null;
  const word = key?.[1] ?? "";
  if (insideText(before)) return null;
  return { from: context.pos - word.length, options: allKeys.map((label) => ({ label, apply: `${label}: `, type: "property" })), validFor: (text) => /^[a-z_]*$/.test(fold(text)) };
};

function valuesOf(key: string, flow: Flow): readonly string[] | undefined {
  switch (key) {
    case "is": return kinds;
    case "class": return ["marketing", "transactional"];
    case "on_keyword": return ["suspend", "end", "ignore"];
    case "hours": return ["any", "open"];
    case "end": return [...new Set(flow.ways.flatMap((w) => w.end ?? []))];
    case "type": return ["text", "number", "money", "flag", "date", "time", "datetime", "phone", "list", "map"];
    default: return undefined;
  }
}

/** insideText: the number of quotes before is odd. */
const insideText = (before: string) => (before.replaceAll('\\"', "").match(/"/g) ?? []).length % 2 === 1;
