import type { Schema } from "../../../../api/types";
import { ofOption, setPhrases, setValue, type Edit } from "./edits";
import type { Flow, Listening, Option, Phrases, Reply, Say } from "./flow";
import { applied, endOf, insertItem, isScalar, isSeq, nodeAt, plain, startOf, textOf, type Path } from "../../yaml";

export type Puzzle = Schema<"Puzzle">;

/** Answer is what a text can be made a word of: a reply, or an option of its menu. */
export interface Answer {
  /** Of the reply or the option. */
  path: Path;
  reply: Reply;
  option?: Option;
  words?: Phrases;
  anywhere: boolean;
}

/** answersOf are the answers of a state that take words, and those that are always understood. */
export function answersOf(flow: Flow, state: string): Answer[] {
  const own = flow.states.find((s) => s.name === state);
  return [...answers(own, false), ...(own ? answers(flow.anywhere, true) : [])];
}

function answers(part: Listening | undefined, anywhere: boolean): Answer[] {
  return (part?.replies ?? []).flatMap((reply): Answer[] => {
    // A word after one that begins the text is not the text; and anything takes every word already.
    if (reply.starts || reply.is === "any" || reply.list !== undefined) return [];
    if (reply.options.length > 0) return reply.options.map((option) => ({ path: option.path, reply, option, anywhere, ...(option.words && { words: option.words }) }));
    return [{ path: reply.path, reply, anywhere, ...(reply.words && { words: reply.words }) }];
  });
}

/** addWord makes a text a word of an answer; in a language where its words have one. */
export const addWord = (answer: Answer, language: string, text: string): Edit => {
  const add: Edit = (flow) => {
    const path = [...answer.path, "words"];
    const at = answer.words && answer.words.all === undefined ? [...path, language] : path;
    const node = nodeAt(flow.tree, at);
    if (isSeq(node)) return applied(flow.source, insertItem(flow.tree, node, node.items.length, plain(text)));
    const held = node ? [textOf(node) ?? ""] : [];
    return setPhrases(path, at === path ? undefined : language, [...held, text])(flow);
  };
  if (!answer.option) return add;
  if (typeof answer.path.at(-1) === "number") return ofLabel(answer.path, text);
  return ofOption(answer.path, add);
};

/** ofLabel writes a list of labels as options by value, one of which has a word more. */
const ofLabel = (path: Path, text: string): Edit => (flow) => {
  const list = path.slice(0, -1);
  const node = nodeAt(flow.tree, list);
  if (!isSeq(node)) return flow.source;
  const options = node.items.map((item, i) => {
    const label = item as Parameters<typeof startOf>[0];
    const held = flow.source.slice(startOf(label), endOf(flow.tree, label));
    // Its value stays what it was: the label, in its first language.
    const value = plain(isScalar(item) ? (textOf(item) ?? "") : firstOf(flow.states.flatMap((s) => s.replies.flatMap((r) => r.options)).find((o) => same(o.path, [...list, i]))?.label));
    return `${value}: ${i === path.at(-1) ? `{text: ${held}, words: [${plain(text)}]}` : held}`;
  });
  return setValue(list, `{${options.join(", ")}}`)(flow);
};

const firstOf = (label: Say | undefined) => label?.all ?? Object.values(label?.byLanguage ?? {})[0] ?? "";
const same = (a: Path, b: Path) => a.length === b.length && a.every((x, i) => x === b[i]);

/** folded is a text as it is compared: without case, accents and signs. */
export const folded = (text: string): string =>
  text.normalize("NFKD").replaceAll(/\p{M}|['’]/gu, "").toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim();

/** understoodBy is the answer that has a text among its words now. */
export function understoodBy(flow: Flow, state: string, text: string): Answer | undefined {
  const wanted = folded(text);
  return answersOf(flow, state).find(({ words, option }) => [...(words?.all ?? []), ...Object.values(words?.byLanguage ?? {}).flat(), ...(option ? [option.label.all ?? "", ...Object.values(option.label.byLanguage)] : [])].some((w) => folded(w) === wanted && wanted !== ""));
}

/** leadingTo are the lines that bring a phone from the start of a flow to a state, as far as its answers tell; undefined: none do. */
export function leadingTo(flow: Flow, state: string): string[] | undefined {
  const seen = new Set([flow.start]);
  let rows: { at: string; lines: string[] }[] = [{ at: flow.start, lines: [] }];
  while (rows.length > 0) {
    const found = rows.find((r) => r.at === state);
    if (found) return found.lines;
    rows = rows.flatMap(({ at, lines }) => steps(flow, at).flatMap(({ to, line }) => {
      if (seen.has(to)) return [];
      seen.add(to);
      return [{ at: to, lines: line === undefined ? lines : [...lines, line] }];
    }));
  }
  return undefined;
}

function steps(flow: Flow, name: string): { to: string; line?: string }[] {
  const state = flow.states.find((s) => s.name === name);
  if (!state) return [];
  const to = (target: { kind: string; name: string } | undefined, line?: string) => (target?.kind === "go" ? [{ to: target.name, ...(line !== undefined && { line }) }] : []);
  const said = (reply: Reply) => reply.options.length > 0 ? reply.options.flatMap((o, i) => to(o.target ?? reply.target, `> ${i + 1}`)) : to(reply.target, `> ${sample(reply)}`);
  return [
    ...state.replies.flatMap(said),
    ...to(state.target),
    ...[...state.branch, ...state.split].flatMap((arm) => to(arm.target)),
    ...state.timeouts.flatMap((x) => to(x.target, x.after ? `@ +${x.after}` : `@ ${x.at ?? ""}`)),
    ...state.events.flatMap((x) => to(x.target, `* ${x.event}`)),
  ];
}

const samples: Record<string, string> = {
  yes: "yes", no: "no", amount: "10", date: "tomorrow", time: "12:30", email: "ann@example.com", phone: "+33612345678", postcode: "75001", items: "1", any: "something",
};

/** sample is a text that a reply understands. */
function sample(reply: Reply): string {
  const starts = [...(reply.starts?.all ?? []), ...Object.values(reply.starts?.byLanguage ?? {}).flat()][0];
  const word = [...(reply.words?.all ?? []), ...Object.values(reply.words?.byLanguage ?? {}).flat()][0];
  const text = word ?? (reply.is === "number" ? (reply.min ?? "1") : samples[reply.is ?? ""]) ?? "1";
  return starts ? `${starts} ${text}` : text;
}
