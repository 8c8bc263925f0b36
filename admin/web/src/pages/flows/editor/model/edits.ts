import { readFlow, type Flow, type Phrases, type Say, type Target } from "./flow";
import { keys, savedName, stateName } from "./language";
import {
  applied, children, comment, commentBehind, endOf, insertItem, insertPair, isFlow, isMap, isScalar, isSeq, keyOf, lineEnd, lineStart, move, nodeAt, pairAt, pairsOf, plain, put, quoted, remove, startOf, textOf,
  type Node, type Path, type Splice, type Value,
} from "../../yaml";

/** Edit makes a new source of a flow. What it does not concern keeps every byte. */
export type Edit = (flow: Flow) => string;

const spliced = (flow: Flow, splices: readonly Splice[]): string => applied(flow.source, splices);

/** inTurn does edits one after the other. */
export const inTurn = (...edits: Edit[]): Edit => (flow) => edits.reduce((now, edit) => readFlow(edit(now)), flow).source;

/** orderOf are the keys of the map at a path, as they are usually written. */
function orderOf(path: Path): readonly string[] {
  if (path.length === 0) return keys.flow;
  const last = typeof path.at(-1) === "number" ? path.at(-2) : path.at(-1);
  if (path.length === 2 && path[0] === "states") return keys.state;
  if (path.length === 2 && path[0] === "inputs") return keys.input;
  if (path.length === 1 && path[0] === "anywhere") return keys.state;
  switch (last) {
    case "replies": return keys.reply;
    case "else": return keys.else;
    case "timeout": return keys.timeout;
    case "events": return keys.event;
    case "branch": return keys.branch;
    case "split": return keys.split;
    case "call": return keys.call;
    case "handoff": return keys.handoff;
    default: return path.at(-2) === "choice" ? keys.option : [];
  }
}

/** setValue writes the value of a key, or takes the key away. */
export const setValue = (path: Path, value: Value | undefined): Edit => (flow) =>
  spliced(flow, value === undefined ? remove(flow.tree, path) : put(flow.tree, path, value, orderOf(path.slice(0, -1))));

/** setName writes a name, a number or an expression; an empty one takes the key away. */
export const setName = (path: Path, text: string): Edit => setValue(path, text.trim() === "" ? undefined : plain(text.trim()));

/** setNames writes a list of names, and one alone as itself. */
export const setNames = (path: Path, text: string): Edit => {
  const names = text.split(",").map((n) => n.trim()).filter(Boolean);
  return setValue(path, names.length === 0 ? undefined : `[${names.map(plain).join(", ")}]`);
};

/** How long a map of texts may be to stand on one line of a block. */
const wide = 90;

/** sayValue is the YAML of a text. */
export const sayValue = (texts: Record<string, string> | string): Value => (column) => {
  if (typeof texts === "string") return quoted(texts);
  const pairs = Object.entries(texts).map(([language, text]) => `${plain(language)}: ${quoted(text)}`);
  const line = `{${pairs.join(", ")}}`;
  if (column === undefined || line.length <= wide || pairs.length === 0) return line;
  return pairs.map((p) => `\n${" ".repeat(column)}${p}`).join("");
};

/** setText writes a text in a language, or for all of them. */
export const setText = (path: Path, language: string | undefined, text: string): Edit => (flow) => {
  const node = nodeAt(flow.tree, path);
  if (language === undefined) return setValue(path, quoted(text))(flow);
  if (isMap(node)) return spliced(flow, put(flow.tree, [...path, language], quoted(text), flow.languages));
  if (!node) return setValue(path, sayValue({ [language]: text }))(flow);
  return inTurn(splitText(path, flow.languages), setText(path, language, text))(flow);
};

/** addText begins a text: one for each language, or one for all. */
export const addText = (path: Path, languages: readonly string[], text = ""): Edit =>
  setValue(path, sayValue(languages.length > 1 ? Object.fromEntries(languages.map((l) => [l, text])) : text));

/** splitText writes a text that is one for all languages once for each. */
export const splitText = (path: Path, languages: readonly string[]): Edit => (flow) => {
  const text = textOf(nodeAt(flow.tree, path)) ?? "";
  return setValue(path, sayValue(Object.fromEntries(languages.map((l) => [l, text]))))(flow);
};

export const setTitle = (title: string): Edit => setValue(["title"], title.trim() ? quoteTitle(title.trim()) : undefined);

/** A title is a text, but is usually written without quotes. */
const quoteTitle = (title: string) => plain(title);

/** setTarget says where a way leads; undefined: nowhere, the question stays open. */
export const setTarget = (path: Path, target: Target | undefined): Edit => (flow) => {
  const old = pairAt(flow.tree, [...path, "go"]) ?? pairAt(flow.tree, [...path, "end"]);
  if (!target) return old ? spliced(flow, remove(flow.tree, [...path, keyOf(old)])) : flow.source;
  if (!old) return setValue([...path, target.kind], plain(target.name))(flow);
  const value = old.value as Node | null;
  if (keyOf(old) === target.kind && value) return setValue([...path, target.kind], plain(target.name))(flow);
  return spliced(flow, [{ from: startOf(old), to: endOf(flow.tree, old), insert: `${target.kind}: ${plain(target.name)}` }]);
};

/** Draft is an entry that is made: keys and what YAML is behind them. */
export type Draft = Record<string, string>;

export const flowMap = (draft: Draft): string => `{${Object.entries(draft).map(([key, value]) => `${key}: ${value}`).join(", ")}}`;

/** targetDraft is a target as the keys of an entry. */
export const targetDraft = (target: Target | undefined): Draft => (target ? { [target.kind]: plain(target.name) } : {});

/** add puts an entry at the end of a list, which is made if it is not there. */
const addTo = (list: Path, draft: Draft | string): Edit => (flow) => {
  const text = typeof draft === "string" ? draft : flowMap(draft);
  const node = nodeAt(flow.tree, list);
  if (isSeq(node)) return spliced(flow, insertItem(flow.tree, node, node.items.length, text));
  if (isMap(node)) return inTurn(listed(list), addTo(list, text))(flow);
  return setValue(list, (column) => (column === undefined ? `[${text}]` : `\n${" ".repeat(column)}- ${text}`))(flow);
};

/** listed makes a list of one entry that stands alone. */
const listed = (path: Path): Edit => (flow) => {
  const node = nodeAt(flow.tree, path);
  if (!isMap(node)) return flow.source;
  const held = flow.source.slice(startOf(node), endOf(flow.tree, node));
  if (node.flow) return setValue(path, (column) => (column === undefined ? `[${held}]` : `\n${" ".repeat(column)}- ${held}`))(flow);
  const first = startOf(node.items[0] ?? node);
  const block = flow.source.slice(lineStart(flow.source, first), endOf(flow.tree, node)).split("\n");
  const indent = first - lineStart(flow.source, first);
  const lines = block.map((line, i) => `${" ".repeat(indent)}${i === 0 ? "- " : "  "}${line.slice(indent)}`);
  return setValue(path, `\n${lines.join("\n")}`)(flow);
};

/** waits takes away the way on of a state that is going to wait. */
const waits = (state: Path): Edit => (flow) => {
  const found = ["go", "end", "branch", "split"].filter((key) => pairAt(flow.tree, [...state, key]));
  return inTurn(...found.map((key) => setValue([...state, key], undefined)))(flow);
};

/** alive does an edit that adds to a state, whose way on then goes: a state waits or goes on. */
const waiting = (state: Path, edit: Edit): Edit => (flow) => {
  // The way on is taken away last, so that the state never is empty.
  const added = readFlow(edit(flow));
  return waits(state)(added);
};

export const addReply = (state: Path, draft: Draft): Edit => waiting(state, addTo([...state, "replies"], draft));
export const addEvent = (state: Path, draft: Draft): Edit => waiting(state, addTo([...state, "events"], draft));
export const addAction = (owner: Path, yaml: string): Edit => addTo([...owner, "do"], yaml);
export const addOption = (choice: Path, value: string, label: string): Edit => (flow) => {
  const node = nodeAt(flow.tree, choice);
  if (isSeq(node)) return spliced(flow, insertItem(flow.tree, node, node.items.length, plain(label)));
  return isMap(node) ? spliced(flow, insertPair(flow.tree, node, value, plain(label), node.items.at(-1))) : flow.source;
};

export const addTimeout = (state: Path, draft: Draft): Edit =>
  waiting(state, (flow) => (nodeAt(flow.tree, [...state, "timeout"]) ? addTo([...state, "timeout"], draft)(flow) : setValue([...state, "timeout"], flowMap(draft))(flow)));

export const addElse = (state: Path, draft: Draft): Edit => waiting(state, setValue([...state, "else"], flowMap(draft)));

/** addArm puts an arm of a branch before the last, which has no condition, or one of a split at its end. */
export const addArm = (list: Path, draft: Draft): Edit => (flow) => {
  const node = nodeAt(flow.tree, list);
  if (!isSeq(node)) return addTo(list, draft)(flow);
  const at = list.at(-1) === "branch" ? Math.max(0, node.items.length - 1) : node.items.length;
  return spliced(flow, insertItem(flow.tree, node, at, flowMap(draft)));
};

/** setWay makes a state go on in one way instead of what it does now. */
export const setWay = (state: Path, key: "go" | "end" | "branch" | "split" | "handoff" | "call", value: string): Edit => (flow) => {
  const others = ["replies", "else", "timeout", "events", "go", "end", "branch", "split", "handoff", "call"].filter((k) => k !== key && pairAt(flow.tree, [...state, k]));
  return inTurn(setValue([...state, key], value), ...others.map((k) => setValue([...state, k], undefined)))(flow);
};

export const removeAt = (path: Path): Edit => (flow) => spliced(flow, remove(flow.tree, path));

export const moveIn = (path: Path, from: number, to: number): Edit => (flow) => spliced(flow, move(flow.tree, path, from, to));

/** indexOf is the place of a node among its siblings. */
const indexOf = (flow: Flow, path: Path): number => {
  const last = path.at(-1);
  return typeof last === "number" ? last : pairsOf(nodeAt(flow.tree, path.slice(0, -1))).findIndex((p) => keyOf(p) === last);
};

/** setComment writes the comment lines above a child of a block; setCommentBehind the one on its line. */
export const setComment = (path: Path, text: string): Edit => (flow) => spliced(flow, comment(flow.tree, path.slice(0, -1), indexOf(flow, path), text));
export const setCommentBehind = (path: Path, text: string): Edit => (flow) => spliced(flow, commentBehind(flow.tree, path.slice(0, -1), indexOf(flow, path), text));

/** moveBy moves a child of a collection up or down among its siblings. */
export const moveBy = (path: Path, by: number): Edit => (flow) => {
  const at = indexOf(flow, path);
  return moveIn(path.slice(0, -1), at, at + by)(flow);
};

/** setHead writes the comment on top of the file. */
export const setHead = (text: string): Edit => (flow) => {
  const old = /^(?:#.*(?:\n|$))+/.exec(flow.source)?.[0] ?? "";
  return text.trim().split("\n").map((l) => (text.trim() ? `# ${l}`.trimEnd() + "\n" : "")).join("") + flow.source.slice(old.length);
};

/** freeName is a name that no state has: the wanted one, or with a number. */
export function freeName(flow: Flow, wanted: string): string {
  const taken = new Set(flow.states.map((s) => s.name));
  if (!taken.has(wanted)) return wanted;
  let n = 2;
  while (taken.has(`${wanted}-${n}`)) n++;
  return `${wanted}-${n}`;
}

/** nameOf makes a name of a state of what somebody typed. */
export function nameOf(text: string): string {
  const name = text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/[^a-z0-9_]+/g, "-").replaceAll(/^[^a-z]+|-+$/g, "").slice(0, 64);
  return name === "again" || name === "back" ? `${name}-2` : name;
}

/** whyNot says what is wrong with a new name of a state; undefined: nothing. */
export function whyNot(flow: Flow, name: string, old?: string): "form" | "taken" | undefined {
  if (!stateName.test(name) || name === "again" || name === "back") return "form";
  return name !== old && flow.states.some((s) => s.name === name) ? "taken" : undefined;
}

/** addState puts a new state behind another, or last. */
export const addState = (name: string, behind: string | undefined, body: Value): Edit => (flow) => {
  const states = nodeAt(flow.tree, ["states"]);
  if (!isMap(states)) return setValue(["states"], `{${name}: ${typeof body === "string" ? body : body(undefined)}}`)(flow);
  const after = states.items.find((p) => keyOf(p) === behind) ?? states.items.at(-1);
  return spliced(flow, insertPair(flow.tree, states, name, body, after));
};

/** question is the body of a new state that asks something; message of one that ends. */
export const question = (languages: readonly string[], text = ""): Value => body(languages, text, ["replies: [{is: yes, go: again}]"]);
export const message = (languages: readonly string[], text = ""): Value => body(languages, text, ["end: completed"]);

const body = (languages: readonly string[], text: string, rest: string[]): Value => (column) => {
  const say = sayValue(languages.length > 1 ? Object.fromEntries(languages.map((l) => [l, text])) : text);
  const written = (c: number | undefined) => (typeof say === "string" ? say : say(c));
  if (column === undefined) return `{say: ${written(undefined)}, ${rest.join(", ")}}`;
  const inner = written(column + 2);
  return [`say:${inner.startsWith("\n") ? "" : " "}${inner}`, ...rest].map((l) => `\n${" ".repeat(column)}${l}`).join("");
};

/** deleteState takes a state away; what leads there then leads to another, if one is said. */
export const deleteState = (name: string, instead?: Target): Edit => (flow) => {
  const without: Edit = (f) => spliced(f, remove(f.tree, ["states", name]));
  if (!instead) return without(flow);
  const owners = flow.references.filter((r) => r.name === name && r.path[1] !== name);
  const edits = owners.map((r): Edit => (r.path.at(-1) === "go" ? setTarget(r.path.slice(0, -1), instead) : instead.kind === "go" ? setName(r.path, instead.name) : (f) => f.source));
  return inTurn(without, ...edits)(flow);
};

/** renameState gives a state another name, wherever it is named: in tests, too. */
export const renameState = (name: string, to: string): Edit => (flow) => {
  const pair = pairAt(flow.tree, ["states", name]);
  if (!pair) return flow.source;
  const key = pair.key as Node;
  const splices: Splice[] = [{ from: startOf(key), to: endOf(flow.tree, key), insert: to }];
  for (const r of flow.references) if (r.name === name) splices.push({ ...r.span, insert: plain(to) });
  const tests = nodeAt(flow.tree, ["tests"]);
  if (isScalar(tests)) {
    const [from, end] = [startOf(tests), endOf(flow.tree, tests)];
    const text = flow.source.slice(from, end);
    const escaped = name.replaceAll("-", "\\-");
    const now = text.replaceAll(new RegExp(`^(\\s*(?:! state|\\$ split) )${escaped}(?=\\s|$)`, "gm"), `$1${to}`);
    if (now !== text) splices.push({ from, to: end, insert: now });
  }
  return spliced(flow, splices);
};

/** copied is the YAML of states, to be pasted into any flow. */
export function copied(flow: Flow, names: readonly string[]): string {
  const states = nodeAt(flow.tree, ["states"]);
  if (!isMap(states)) return "";
  const spans = children(flow.tree, states);
  return states.items
    .map((pair, i) => {
      const span = spans[i];
      if (!span || !names.includes(keyOf(pair))) return "";
      if (isFlow(states)) return `${flow.source.slice(span.from, span.to)}\n`;
      const indent = startOf(pair) - lineStart(flow.source, startOf(pair));
      const text = flow.source.slice(span.from, span.to).split("\n").map((l) => (l.slice(0, indent).trim() ? l : l.slice(indent))).join("\n");
      return text.endsWith("\n") ? text : `${text}\n`;
    })
    .join("");
}

/** pasted puts copied states behind another; those whose names are taken get a number, and keep leading to each other. */
export const pasted = (yaml: string, behind: string | undefined): Edit => (flow) => {
  let held = readFlow(`states:\n${indented(yaml, 2)}`);
  if (held.errors.length > 0 || held.states.length === 0) return flow.source;
  for (const { name } of held.states) {
    const free = freeName(flow, name);
    if (free !== name) held = readFlow(renameState(name, free)(held));
  }
  const text = copied(held, held.states.map((s) => s.name));
  const states = nodeAt(flow.tree, ["states"]);
  if (!isMap(states) || isFlow(states)) return flow.source;
  const spans = children(flow.tree, states);
  const at = states.items.findIndex((p) => keyOf(p) === behind);
  const span = spans[at < 0 ? spans.length - 1 : at];
  const first = states.items[0];
  if (!span || !first) return flow.source;
  const column = startOf(first) - lineStart(flow.source, startOf(first));
  const open = flow.source.slice(span.from, span.to).endsWith("\n") ? "" : "\n";
  return spliced(flow, [{ from: span.to, to: span.to, insert: open + indented(text, column) }]);
};

const indented = (text: string, column: number) => text.split("\n").map((l) => (l.trim() ? " ".repeat(column) + l : l)).join("\n");

/** isStates: a text of the clipboard holds states. */
export function isStates(text: string): boolean {
  if (text.length > 262_144 || !text.includes(":")) return false;
  const held = readFlow(`states:\n${indented(text, 2)}`);
  return held.errors.length === 0 && held.states.length > 0 && held.states.every((s) => stateName.test(s.name) && s.unknown.length === 0 && !isScalar(nodeAt(held.tree, s.path)));
}

/** addLanguage says that the flow speaks a language more; its texts begin as copies of the first language. */
export const addLanguage = (language: string): Edit => (flow) => {
  const [first = ""] = flow.languages;
  const list = `[${[...flow.languages, language].map(plain).join(", ")}]`;
  const texts = flow.says.filter((say) => say.all === undefined && say.byLanguage[language] === undefined);
  const splices = texts.flatMap((say) => put(flow.tree, [...say.path, language], quoted(say.byLanguage[first] ?? Object.values(say.byLanguage)[0] ?? "")));
  return inTurn((f) => spliced(f, splices), setValue(["languages"], list))(flow);
};

/** setPhrases writes the words of a language, or those of all. */
export const setPhrases = (path: Path, language: string | undefined, words: readonly string[]): Edit => (flow) => {
  const list = words.length > 0 ? `[${words.map(plain).join(", ")}]` : undefined;
  const at = language === undefined ? path : [...path, language];
  if (language !== undefined && list && !isMap(nodeAt(flow.tree, path))) return setValue(path, `{${plain(language)}: ${list}}`)(flow);
  return setValue(at, list)(flow);
};

/** splitPhrases writes words that are of all languages once for each. */
export const splitPhrases = (phrases: Phrases, languages: readonly string[]): Edit =>
  setValue(phrases.path, `{${languages.map((l) => `${plain(l)}: [${(phrases.all ?? []).map(plain).join(", ")}]`).join(", ")}}`);

/** textIn is what a text says in a language. */
export const textIn = (say: Say, language: string): string | undefined => say.all ?? say.byLanguage[language];

/** addGolden puts a rehearsal at the end of the tests. */
export const addGolden = (script: string): Edit => (flow) => {
  const lines = script.trimEnd().split("\n").map((l) => (l.trim() ? `  ${l.trimEnd()}` : "")).join("\n");
  const pair = pairAt(flow.tree, ["tests"]);
  if (!pair) {
    const open = flow.source.endsWith("\n") || flow.source === "" ? "" : "\n";
    return `${flow.source}${open}tests: |\n${lines}\n`;
  }
  const tests = pair.value as Node;
  const end = endOf(flow.tree, pair);
  if (isScalar(tests) && /^[|>]/.test(flow.source.slice(startOf(tests)))) return spliced(flow, [{ from: lineEnd(flow.source, end), to: lineEnd(flow.source, end), insert: `\n${lines}` }]);
  const old = (textOf(tests) ?? "").trim();
  const written = old ? `${old.split("\n").map((l) => `  ${l}`).join("\n")}\n` : "";
  return setValue(["tests"], `|\n${written}${lines}`)(flow);
};

/** rich makes a map of an option that is a label alone, so that more can be said of it. */
const rich = (option: Path): Edit => (flow) => {
  const node = nodeAt(flow.tree, option);
  if (!node || pairAt(flow.tree, [...option, "text"])) return flow.source;
  const column = isMap(node) && !node.flow;
  const held = column ? `{${node.items.map((p) => flow.source.slice(startOf(p), endOf(flow.tree, p))).join(", ")}}` : flow.source.slice(startOf(node), endOf(flow.tree, node));
  return setValue(option, `{text: ${held}}`)(flow);
};

/** ofOption is an edit of an option that may be a label alone. */
export const ofOption = (option: Path, edit: Edit): Edit => inTurn(rich(option), edit);

/** What makes an answer understood. */
const matchers = ["is", "words", "choice", "show", "pattern", "min", "max", "starts"];

/** setMatcher makes a reply understand something else. */
export const setMatcher = (reply: Path, draft: Draft): Edit => (flow) => {
  const sets = Object.entries(draft).map(([key, value]) => setValue([...reply, key], value));
  const drops = matchers.filter((key) => !(key in draft) && key !== "starts" && pairAt(flow.tree, [...reply, key])).map((key) => setValue([...reply, key], undefined));
  return inTurn(...sets, ...drops)(flow);
};

/** setInput writes what an input is; one without a default must be given. */
export const setInput = (path: Path, type: string, standard: string | undefined): Edit => (flow) => {
  const literal = standard === undefined ? undefined : type === "text" ? quoted(standard) : plain(standard);
  if (isMap(nodeAt(flow.tree, path))) return inTurn(setValue([...path, "type"], plain(type)), setValue([...path, "default"], literal))(flow);
  return setValue(path, literal === undefined ? plain(type) : `{type: ${plain(type)}, default: ${literal}}`)(flow);
};

/** addInput makes an input that must be given; its name is one that no other has. */
export const addInput = (wanted: string): Edit => (flow) => {
  const taken = new Set(flow.inputs.map((i) => i.name));
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}${n}`;
  return flow.inputs.length > 0 ? setValue(["inputs", name], "text")(flow) : setValue(["inputs"], `{${name}: text}`)(flow);
};

/** renameInput gives an input another name. Where it is read, the check tells. */
export const renameInput = (path: Path, name: string): Edit => (flow) => {
  const key = pairAt(flow.tree, path)?.key as Node | undefined;
  return key && savedName.test(name) && !flow.inputs.some((i) => i.name === name) ? spliced(flow, [{ from: startOf(key), to: endOf(flow.tree, key), insert: name }]) : flow.source;
};

/** moveState puts a state before or behind another in the order of reading. */
export const moveState = (name: string, place: "before" | "behind", other: string): Edit => (flow) => {
  const [from, to] = [name, other].map((n) => flow.states.findIndex((s) => s.name === n)) as [number, number];
  if (from < 0 || to < 0 || from === to) return flow.source;
  const at = to + (place === "behind" ? 1 : 0);
  return moveIn(["states"], from, at > from ? at - 1 : at)(flow);
};
