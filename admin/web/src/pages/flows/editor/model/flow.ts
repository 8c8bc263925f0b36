import { actions, kinds } from "./language";
import {
  children, commentOf, endOf, isFlow, isMap, isScalar, isSeq, itemsOf, keyOf, lineOf, nodeAt, offsetOf, pairsOf, parseTree, startOf, textOf,
  type Comment, type Node, type Pair, type Path, type Span, type SyntaxError, type Tree, type YAMLMap, type YAMLSeq,
} from "../../yaml";

/** Say is a text: one for all languages, or one for each. */
export interface Say {
  path: Path;
  all?: string;
  byLanguage: Record<string, string>;
}

/** Target is where a way leads; nothing: the question stays open. */
export interface Target {
  kind: "go" | "end";
  name: string;
}

/** Part is what any entry of a state has. */
export interface Part {
  path: Path;
  line: number;
  comment: Comment;
  /** Stands on lines of its own, where comments can be written. */
  block: boolean;
}

export interface Action extends Part {
  name: string;
  /** As it is written. */
  source: string;
  parameters: Record<string, string>;
  results: Record<string, string>;
  say?: Say;
  /** The words and events of a notice that is answered. */
  answers: string[];
}

export interface Entry extends Part {
  if?: string;
  save?: string;
  do: Action[];
  say?: Say;
  target?: Target;
}

/** Phrases are words that an answer may have, for all languages or for each. */
export interface Phrases {
  path: Path;
  all?: string[];
  byLanguage: Record<string, string[]>;
}

export interface Option extends Entry {
  value: string;
  label: Say;
  words?: Phrases;
}

export interface Reply extends Entry {
  is?: string;
  words?: Phrases;
  starts?: Phrases;
  pattern?: string;
  min?: string;
  max?: string;
  options: Option[];
  /** The list that a menu is of. */
  list?: string;
  show?: Say;
}

export interface Timeout extends Entry {
  after?: string;
  at?: string;
  hours?: string;
}

export interface Event extends Entry {
  event: string;
}

export interface Otherwise extends Entry {
  tries?: string;
}

export interface Arm extends Part {
  /** The condition of a branch, the share of a split. */
  key?: string;
  target?: Target;
}

export interface Call extends Part {
  flow: string;
  save?: string;
  inputs: Record<string, string>;
  outcomes: Record<string, string>;
}

export interface Handoff extends Part {
  group: string;
  within?: string;
  done?: string;
  away?: string;
}

/** Given is a value that whoever starts the flow gives it. */
export interface Given {
  path: Path;
  name: string;
  type: string;
  /** Absent: it must be given. */
  default?: string;
}

/** Listening is what a state, and `anywhere`, reacts to. */
export interface Listening extends Part {
  replies: Reply[];
  otherwise?: Otherwise;
  timeouts: Timeout[];
  events: Event[];
}

export interface State extends Listening {
  name: string;
  /** Its part of the source. */
  text: string;
  lines: { first: number; last: number };
  note?: string;
  class?: string;
  do: Action[];
  say?: Say;
  target?: Target;
  branch: Arm[];
  split: Arm[];
  call?: Call;
  handoff?: Handoff;
  /** Keys that the language does not have. */
  unknown: string[];
}

/** Reference is a place that names a state. */
export interface Reference {
  name: string;
  span: Span;
  path: Path;
}

export interface Way {
  from: string;
  by: string;
  to?: string;
  end?: string;
}

/** Flow is a source, read as far as it can be. */
export interface Flow {
  source: string;
  tree: Tree;
  errors: SyntaxError[];
  name: string;
  title: string;
  start: string;
  failed?: string;
  /** Comment lines on top of the file. */
  comment: string;
  languages: string[];
  inputs: Given[];
  anywhere?: Listening;
  states: State[];
  references: Reference[];
  ways: Way[];
  tests: string;
  /** The line on which the first line of the tests stands. */
  testsLine: number;
  says: Say[];
}

const stateKeys = new Set(["note", "class", "on_keyword", "do", "say", "replies", "else", "timeout", "events", "go", "end", "branch", "split", "call", "handoff"]);

/** readFlow reads a source. What is not understood is left out: the check tells. */
export function readFlow(source: string): Flow {
  const known = recent.find((flow) => flow.source === source);
  if (known) return known;
  const flow = new Reader(parseTree(source)).flow();
  recent = [flow, ...recent.slice(0, 3)];
  return flow;
}

/** The flows that were read last: the editor and the check read the same. */
let recent: Flow[] = [];

class Reader {
  readonly references: Reference[] = [];
  readonly ways: Way[] = [];
  readonly says: Say[] = [];
  private readonly spoken = new Set<string>();
  private from = "";

  constructor(private readonly tree: Tree) {}

  flow(): Flow {
    const { tree } = this;
    const root = get([], this);
    const anywhere = root("anywhere");
    const states = this.states(root("states"));
    const start = textOf(root("start")) ?? "";
    this.refer(root("start"), ["start"]);
    this.refer(root("failed"), ["failed"]);
    const listening = anywhere ? this.listening(anywhere, ["anywhere"], this.part(undefined, ["anywhere"])) : undefined;
    const declared = listOf(root("languages"));
    const tests = root("tests");
    return {
      source: tree.source,
      tree,
      errors: tree.errors,
      name: textOf(root("flow")) ?? "",
      title: textOf(root("title")) ?? "",
      start,
      ...optional("failed", textOf(root("failed"))),
      comment: headComment(tree.source),
      languages: declared.length > 0 ? declared : [...this.spoken],
      inputs: pairsOf(root("inputs")).map((pair) => given(pair)),
      ...optional("anywhere", listening),
      states,
      references: this.references,
      ways: this.ways,
      tests: textOf(tests) ?? "",
      testsLine: tests ? lineOf(tree, startOf(tests)) + (isBlockText(tests, tree.source) ? 1 : 0) : 0,
      says: this.says,
    };
  }

  private states(node: Node | undefined): State[] {
    if (!isMap(node)) return [];
    const spans = children(this.tree, node);
    return node.items.map((pair, i) => this.state(pair, spans[i] ?? { from: 0, to: 0 }, !isFlow(node)));
  }

  private state(pair: Pair, span: Span, block: boolean): State {
    const { tree } = this;
    const name = keyOf(pair);
    const path: Path = ["states", name];
    this.from = name;
    const key = get(path, this);
    const part: Part = {
      path, line: lineOf(tree, startOf(pair)),
      comment: block ? commentOf(tree, pair, span) : { above: "", behind: "" },
      block,
    };
    const acts = this.actions(key("do"), [...path, "do"], "enter");
    const say = this.say(key("say"), [...path, "say"]);
    const listening = this.listening(pair.value as Node, path, part);
    const call = this.call(key("call"), [...path, "call"]);
    const handoff = this.handoff(key("handoff"), [...path, "handoff"]);
    const state: State = {
      ...listening, name,
      text: tree.source.slice(span.from, span.to),
      lines: { first: lineOf(tree, span.from), last: lineOf(tree, Math.max(span.from, endOf(tree, pair) - 1)) },
      ...optional("note", textOf(key("note"))),
      ...optional("class", textOf(key("class"))),
      do: acts,
      ...optional("say", say),
      ...optional("target", this.target(path, call ? "call:else" : "go")),
      branch: this.arms(key("branch"), [...path, "branch"], "branch", "if"),
      split: this.arms(key("split"), [...path, "split"], "split", "share"),
      ...optional("call", call),
      ...optional("handoff", handoff),
      unknown: pairsOf(pair.value).map(keyOf).filter((k) => !stateKeys.has(k)),
    };
    this.from = "";
    return state;
  }

  private listening(node: Node, path: Path, part: Part): Listening {
    const prefix = path[0] === "anywhere" ? "anywhere." : "";
    const key = get(path, this);
    const replies = itemsOf(key("replies")).map((item, i) => this.reply(item, [...path, "replies", i], `${prefix}reply:${i}`, key("replies")));
    const otherwise = key("else");
    const timeout = key("timeout");
    const times = isSeq(timeout) ? itemsOf(timeout).map((item, i) => [item, [...path, "timeout", i] as Path] as const) : timeout ? [[timeout, [...path, "timeout"] as Path] as const] : [];
    return {
      ...part,
      replies,
      ...(isMap(otherwise) && { otherwise: this.otherwise([...path, "else"], `${prefix}else`, node) }),
      timeouts: times.map(([, at], i) => {
        const own = get(at, this);
        return {
          ...this.entry(at, `${prefix}timeout:${i}`, timeout),
          ...optional("after", textOf(own("after"))), ...optional("at", textOf(own("at"))), ...optional("hours", textOf(own("hours"))),
        };
      }),
      events: itemsOf(key("events")).map((_, i) => {
        const at = [...path, "events", i];
        return { ...this.entry(at, `${prefix}event:${i}`, key("events")), event: textOf(get(at, this)("event")) ?? "" };
      }),
    };
  }

  private otherwise(path: Path, by: string, parent: Node): Otherwise {
    return { ...this.entry(path, by, parent), ...optional("tries", textOf(get(path, this)("tries"))) };
  }

  private reply(item: Node, path: Path, by: string, list: Node | undefined): Reply {
    const key = get(path, this);
    const choice = key("choice");
    const options = isMap(choice) || isSeq(choice) ? this.options(choice, [...path, "choice"], by) : [];
    const show = this.say(key("show"), [...path, "show"]);
    return {
      ...this.entry(path, by, list),
      ...optional("is", textOf(key("is"))),
      ...optional("words", phrases(key("words"), [...path, "words"])),
      ...optional("starts", phrases(key("starts"), [...path, "starts"])),
      ...optional("pattern", textOf(key("pattern"))),
      ...optional("min", textOf(key("min"))),
      ...optional("max", textOf(key("max"))),
      options,
      ...(isScalar(choice) && { list: textOf(choice) ?? "" }),
      ...optional("show", show),
      line: lineOf(this.tree, startOf(item)),
    };
  }

  private options(choice: YAMLMap | YAMLSeq, path: Path, by: string): Option[] {
    if (isSeq(choice)) {
      return itemsOf(choice).map((item, i) => {
        const at = [...path, i];
        const label = this.say(item, at) ?? { path: at, byLanguage: {} };
        return { ...this.part(item, at), do: [], value: label.all ?? "", label };
      });
    }
    return choice.items.map((pair, i) => {
      const at = [...path, keyOf(pair)];
      const held = nodeAt(this.tree, at);
      const rich = isMap(held) && held.items.some((p) => keyOf(p) === "text");
      const label = this.say(rich ? nodeAt(this.tree, [...at, "text"]) : held, rich ? [...at, "text"] : at) ?? { path: at, byLanguage: {} };
      if (!rich) return { ...this.part(held, at), do: [], value: keyOf(pair), label };
      return { ...this.entry(at, `${by}.${i}`, choice), value: keyOf(pair), label, ...optional("words", phrases(nodeAt(this.tree, [...at, "words"]), [...at, "words"])) };
    });
  }

  private entry(path: Path, by: string, parent: Node | undefined): Entry {
    const key = get(path, this);
    const acts = this.actions(key("do"), [...path, "do"], by);
    const say = this.say(key("say"), [...path, "say"]);
    return {
      ...this.part(nodeAt(this.tree, path), path, parent),
      ...optional("if", textOf(key("if"))),
      ...optional("save", textOf(key("save"))),
      do: acts,
      ...optional("say", say),
      ...optional("target", this.target(path, by)),
    };
  }

  private part(node: Node | undefined, path: Path, parent?: Node): Part {
    const at = node ?? nodeAt(this.tree, path);
    const index = Number(path.at(-1));
    const line = at ? lineOf(this.tree, startOf(at)) : 1;
    if (!isSeq(parent) || isFlow(parent) || !at) return { path, line, block: false, comment: { above: "", behind: "" } };
    const span = children(this.tree, parent)[index];
    return { path, line, block: true, comment: span ? commentOf(this.tree, at, span) : { above: "", behind: "" } };
  }

  private arms(node: Node | undefined, path: Path, what: string, keyName: string): Arm[] {
    return itemsOf(node).map((item, i) => ({
      ...this.part(item, [...path, i], node),
      ...optional("key", textOf(nodeAt(this.tree, [...path, i, keyName]))),
      ...optional("target", this.target([...path, i], `${what}:${i}`)),
    }));
  }

  private call(node: Node | undefined, path: Path): Call | undefined {
    if (!node) return undefined;
    const part = this.part(node, path);
    if (isScalar(node)) return { ...part, flow: textOf(node) ?? "", inputs: {}, outcomes: {} };
    const outcomes: Record<string, string> = {};
    for (const pair of pairsOf(node)) {
      const key = keyOf(pair);
      if (["flow", "inputs", "save"].includes(key)) continue;
      outcomes[key] = textOf(pair.value) ?? "";
      this.refer(pair.value as Node, [...path, key], `call:${key}`);
    }
    const key = get(path, this);
    return { ...part, flow: textOf(key("flow")) ?? "", ...optional("save", textOf(key("save"))), inputs: scalarsOf(key("inputs")), outcomes };
  }

  private handoff(node: Node | undefined, path: Path): Handoff | undefined {
    if (!node) return undefined;
    const part = this.part(node, path);
    if (isScalar(node)) return { ...part, group: textOf(node) ?? "" };
    const key = get(path, this);
    for (const way of ["done", "away"]) this.refer(key(way), [...path, way], `handoff:${way}`);
    return { ...part, group: textOf(key("group")) ?? "", ...optional("within", textOf(key("within"))), ...optional("done", textOf(key("done"))), ...optional("away", textOf(key("away"))) };
  }

  private actions(node: Node | undefined, path: Path, by: string): Action[] {
    return itemsOf(node).map((item, i) => {
      const pair = pairsOf(item)[0];
      const name = pair ? keyOf(pair) : "";
      const value = pair?.value as Node | undefined;
      const at = [...path, i, name];
      const shape = actions[name];
      const results: Record<string, string> = {};
      for (const result of shape?.results ?? []) {
        const to = isMap(value) ? nodeAt(this.tree, [...at, result]) : undefined;
        if (!to) continue;
        results[result] = textOf(to) ?? "";
        this.refer(to, [...at, result], `${by}.do${i}.${name}:${result}`);
      }
      const say = isMap(value) ? this.say(nodeAt(this.tree, [...at, "say"]), [...at, "say"]) : undefined;
      return {
        ...this.part(item, [...path, i], node),
        name,
        source: value ? this.tree.source.slice(startOf(value), endOf(this.tree, value)) : "",
        parameters: isMap(value) ? scalarsOf(value, new Set(Object.keys(results))) : {},
        results,
        ...optional("say", say),
        answers: itemsOf(isMap(value) ? nodeAt(this.tree, [...at, "answers"]) : undefined).map((a) => {
          const own = scalarsOf(a);
          return `${own.is ?? own.words ?? ""} → ${own.event ?? ""}`;
        }),
      };
    });
  }

  private say(node: Node | undefined, path: Path): Say | undefined {
    if (!node) return undefined;
    const say: Say = { path, byLanguage: {} };
    if (isScalar(node)) say.all = textOf(node) ?? "";
    for (const pair of pairsOf(node)) {
      say.byLanguage[keyOf(pair)] = textOf(pair.value) ?? "";
      this.spoken.add(keyOf(pair));
    }
    this.says.push(say);
    return say;
  }

  private target(path: Path, by: string): Target | undefined {
    const key = get(path, this);
    const go = key("go");
    const end = textOf(key("end"));
    if (go) {
      this.refer(go, [...path, "go"], by);
      return { kind: "go", name: textOf(go) ?? "" };
    }
    if (end === undefined) return undefined;
    this.ways.push({ from: this.from, by, end });
    return { kind: "end", name: end };
  }

  private refer(node: Node | undefined, path: Path, by?: string): void {
    const name = textOf(node);
    if (!node || name === undefined) return;
    if (name === "again" || name === "back") return;
    this.references.push({ name, path, span: { from: startOf(node), to: endOf(this.tree, node) } });
    if (by) this.ways.push({ from: this.from, by, to: name });
  }

  at(path: Path): Node | undefined {
    return nodeAt(this.tree, path);
  }
}

const get = (path: Path, reader: Reader) => (key: string) => reader.at([...path, key]);

/** optional is a property that is absent rather than undefined. */
function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

const listOf = (node: Node | undefined): string[] => (isScalar(node) ? [textOf(node) ?? ""] : itemsOf(node).map((n) => textOf(n) ?? ""));

function phrases(node: Node | undefined, path: Path): Phrases | undefined {
  if (!node) return undefined;
  if (!isMap(node)) return { path, all: listOf(node), byLanguage: {} };
  return { path, byLanguage: Object.fromEntries(node.items.map((p) => [keyOf(p), listOf(p.value as Node)])) };
}

/** scalarsOf are the plain values of a map; lists are written with commas. */
function scalarsOf(node: Node | undefined, without: ReadonlySet<string> = new Set()): Record<string, string> {
  const out: Record<string, string> = {};
  for (const pair of pairsOf(node)) {
    const key = keyOf(pair);
    if (without.has(key)) continue;
    if (isScalar(pair.value)) out[key] = textOf(pair.value) ?? "";
    else if (isSeq(pair.value) && pair.value.items.every((i) => isScalar(i))) out[key] = listOf(pair.value).join(", ");
  }
  return out;
}

function headComment(source: string): string {
  const lines = /^(?:#.*(?:\n|$))+/.exec(source)?.[0] ?? "";
  return lines.trimEnd().split("\n").map((l) => l.replace(/^# ?/, "")).join("\n");
}

function given(pair: Pair): Given {
  const name = keyOf(pair);
  const held = isMap(pair.value) ? scalarsOf(pair.value) : { type: textOf(pair.value) ?? "" };
  return { path: ["inputs", name], name, type: held.type ?? "", ...optional("default", held.default) };
}

const isBlockText = (node: Node, source: string) => /^[|>]/.test(source.slice(startOf(node), startOf(node) + 1));

export const isKind = (word: string): boolean => (kinds as readonly string[]).includes(word);

/** stateAt is the state that a line of the source belongs to. */
export const stateAt = (flow: Flow, line: number): string | undefined => flow.states.find((s) => s.lines.first <= line && line <= s.lines.last)?.name;

/** lineOfState is the line where a state begins. */
export const lineOfState = (flow: Flow, name: string): number => flow.states.find((s) => s.name === name)?.line ?? 1;

export { offsetOf };
