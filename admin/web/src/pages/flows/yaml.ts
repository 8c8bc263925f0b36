import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";

/** Path leads to a node of a document. */
export type Path = readonly (string | number)[];

export const pathKey = (path: Path): string => path.join(" ");

/** Splice puts a text in the place of a part of the source. */
export interface Splice {
  from: number;
  to: number;
  insert: string;
}

/** Span is a part of the source. */
export interface Span {
  from: number;
  to: number;
}

export interface SyntaxError {
  line: number;
  column: number;
  text: string;
}

/** Tree is a source and its syntax tree. Every scalar is the text that it is. */
export interface Tree {
  source: string;
  doc: Document.Parsed;
  lines: LineCounter;
  errors: SyntaxError[];
}

export function parseTree(source: string): Tree {
  const lines = new LineCounter();
  const doc = parseDocument(source, { schema: "failsafe", lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  const errors = doc.errors.map((e) => ({ ...lineColumn(lines, e.pos[0]), text: e.message }));
  return { source, doc, lines, errors };
}

const lineColumn = (lines: LineCounter, offset: number) => {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
};

/** lineOf is the line of an offset, from 1. */
export const lineOf = (tree: Tree, offset: number): number => tree.lines.linePos(offset).line;

/** offsetOf is the offset of a line and a column in characters, both from 1; the end of the line at most. */
export function offsetOf(source: string, line: number, column = 1): number {
  let from = 0;
  for (let i = 1; i < line; i++) {
    const next = source.indexOf("\n", from);
    if (next < 0) return source.length;
    from = next + 1;
  }
  const text = source.slice(from, lineEnd(source, from));
  return from + [...text].slice(0, column - 1).join("").length;
}

/** applied is the source with the splices, which do not overlap, in it. */
export function applied(source: string, splices: readonly Splice[]): string {
  let out = source;
  for (const s of [...splices].sort((a, b) => b.from - a.from || b.to - a.to)) out = out.slice(0, s.from) + s.insert + out.slice(s.to);
  return out;
}

export type { Node, Pair, Scalar, YAMLMap, YAMLSeq };
export { isMap, isScalar, isSeq };

/** The children of each map by their keys, found once: flows are large, and are asked often. */
const indexes = new WeakMap<YAMLMap, Map<string, Node | null>>();

function indexOf(map: YAMLMap): Map<string, Node | null> {
  let index = indexes.get(map);
  if (!index) {
    index = new Map(map.items.map((pair) => [keyOf(pair), pair.value as Node | null]));
    indexes.set(map, index);
  }
  return index;
}

export function nodeAt(tree: Tree, path: Path): Node | undefined {
  let node: Node | null | undefined = tree.doc.contents;
  for (const step of path) {
    if (isMap(node)) node = indexOf(node).get(String(step));
    else if (isSeq(node)) node = node.items[Number(step)] as Node | undefined;
    else return undefined;
  }
  return node ?? undefined;
}

export const textAt = (tree: Tree, path: Path): string | undefined => textOf(nodeAt(tree, path));

export const textOf = (node: unknown): string | undefined => (isScalar(node) ? String(node.value ?? "") : undefined);

export const keyOf = (pair: Pair): string => textOf(pair.key) ?? "";

export const pairsOf = (node: unknown): Pair[] => (isMap(node) ? node.items : []);
export const itemsOf = (node: unknown): Node[] => (isSeq(node) ? (node.items as Node[]) : []);

/** valueOf is what stands at a key of a map. */
export const valueOf = (node: unknown, key: string): Node | null => (isMap(node) ? (indexOf(node).get(key) ?? null) : null);

/** oneOrMore are the elements of a list; one value stands for a list of one. */
export const oneOrMore = (node: unknown): Node[] => (isSeq(node) ? (node.items.filter(Boolean) as Node[]) : node ? [node as Node] : []);

export const pairAt = (tree: Tree, path: Path): Pair | undefined => pairsOf(nodeAt(tree, path.slice(0, -1))).find((p) => keyOf(p) === path.at(-1));

/** startOf is where a node or a pair begins. */
export function startOf(node: Node | Pair): number {
  const at = isPair(node) ? (node.key as Node | null) : node;
  return at?.range?.[0] ?? 0;
}

/** endOf is where what a node or a pair holds ends: no blank, no comment behind it. */
export function endOf(tree: Tree, node: Node | Pair): number {
  if (isPair(node)) {
    const value = node.value as Node | null;
    return value && !isEmpty(value) ? endOf(tree, value) : colonEnd(tree, node);
  }
  const [from = 0, to = 0] = node.range ?? [];
  if ((isMap(node) || isSeq(node)) && !node.flow) {
    const last = node.items.at(-1) as Node | Pair | undefined;
    return last ? endOf(tree, last) : to;
  }
  let end = to;
  while (end > from && /\s/.test(tree.source[end - 1] ?? "")) end--;
  return end;
}

const isEmpty = (node: Node) => isScalar(node) && node.range?.[0] === node.range?.[1];

/** colonEnd is behind the colon of a pair. */
function colonEnd(tree: Tree, pair: Pair): number {
  const end = (pair.key as Node).range?.[1] ?? 0;
  const colon = tree.source.indexOf(":", end);
  return colon < 0 ? end : colon + 1;
}

export const lineStart = (source: string, offset: number): number => source.lastIndexOf("\n", offset - 1) + 1;

export function lineEnd(source: string, offset: number): number {
  const end = source.indexOf("\n", offset);
  return end < 0 ? source.length : end;
}

const columnOf = (source: string, offset: number) => offset - lineStart(source, offset);

const blanks = (n: number) => " ".repeat(n);

/** isFlow: written in braces or brackets. */
export const isFlow = (node: Node | undefined): boolean => (isMap(node) || isSeq(node)) && node.flow === true;

/** indentOf is the column at which the children of a block collection stand. */
function indentOf(tree: Tree, node: YAMLMap | YAMLSeq): number {
  const first = node.items[0] as Node | Pair | undefined;
  return columnOf(tree.source, isSeq(node) ? (node.range?.[0] ?? 0) : first ? startOf(first) : 0);
}

/** children are the parts of the source of each child of a collection: whole lines with the comments above in blocks. */
export function children(tree: Tree, node: YAMLMap | YAMLSeq): Span[] {
  const { source } = tree;
  const items = node.items as (Node | Pair)[];
  if (node.flow) return items.map((item) => ({ from: startOf(item), to: endOf(tree, item) }));
  const indent = indentOf(tree, node);
  let floor = -1;
  return items.map((item) => {
    const end = lineEnd(source, endOf(tree, item));
    let from = lineStart(source, startOf(item));
    while (from > 0 && from > floor) {
      const above = lineStart(source, from - 1);
      const comment = /^( *)#/.exec(source.slice(above, from));
      if (!comment || (comment[1] ?? "").length > indent || above < floor) break;
      from = above;
    }
    floor = Math.min(end + 1, source.length);
    return { from, to: floor };
  });
}

/** Value is YAML for a place: at a column of a block, or on one line (undefined). A block begins with a line break. */
export type Value = string | ((column: number | undefined) => string);

const valueAt = (value: Value, column: number | undefined) => (typeof value === "string" ? value : value(column));
const pairText = (key: string, value: string) => `${key}:${value.startsWith("\n") ? "" : " "}${value}`;

/** rewritten writes something else where a node stands. */
export const rewritten = (tree: Tree, node: Node, insert: string): Splice => ({ from: startOf(node), to: endOf(tree, node), insert });

/** replaced puts a value in the place of a node that is there. */
function replaced(tree: Tree, path: Path, value: Value): Splice[] {
  const node = nodeAt(tree, path);
  const pair = typeof path.at(-1) === "string" ? pairAt(tree, path) : undefined;
  if (pair) {
    const parent = nodeAt(tree, path.slice(0, -1)) as YAMLMap;
    const column = parent.flow ? undefined : columnOf(tree.source, startOf(pair)) + 2;
    const text = valueAt(value, column);
    const held = pair.value as Node | null;
    const inline = held && !isEmpty(held) && (isScalar(held) || isFlow(held)) && !text.startsWith("\n");
    const from = inline ? startOf(held) : colonEnd(tree, pair);
    return [{ from, to: endOf(tree, pair), insert: inline || text.startsWith("\n") ? text : ` ${text}` }];
  }
  return node ? [rewritten(tree, node, valueAt(value, undefined))] : [];
}

/** put sets the value of a key, which comes behind those that stand before it in order. */
export function put(tree: Tree, path: Path, value: Value, order: readonly string[] = []): Splice[] {
  const key = String(path.at(-1));
  const parent = nodeAt(tree, path.slice(0, -1));
  if (typeof path.at(-1) === "number" || (isMap(parent) && parent.items.some((p) => keyOf(p) === key))) return replaced(tree, path, value);
  if (!isMap(parent)) return [];
  const rank = order.indexOf(key);
  const before = parent.items.filter((p) => rank < 0 || (order.includes(keyOf(p)) ? order.indexOf(keyOf(p)) < rank : false)).at(-1);
  return insertPair(tree, parent, key, value, before ?? (rank < 0 ? parent.items.at(-1) : undefined));
}

/** insertPair puts a pair behind another of a map, or first. */
export function insertPair(tree: Tree, map: YAMLMap, key: string, value: Value, behind: Pair | undefined): Splice[] {
  const { source } = tree;
  const first = map.items[0];
  if (map.flow || !first) {
    const text = pairText(key, valueAt(value, undefined));
    if (!first) return [{ from: startOf(map), to: map.range?.[1] ?? 0, insert: `{${text}}` }];
    if (!behind) return [insertion(startOf(first), `${text}, `)];
    return [insertion(endOf(tree, behind), `, ${text}`)];
  }
  const column = columnOf(source, startOf(first));
  const text = pairText(key, valueAt(value, column + 2));
  if (!behind) return [insertion(startOf(first), `${text}\n${blanks(column)}`)];
  const end = lineEnd(source, endOf(tree, behind));
  return [insertion(end, `\n${blanks(column)}${text}`)];
}

/** appended puts pairs at the end of a map. */
export function appended(tree: Tree, map: YAMLMap, entries: readonly (readonly [key: string, value: string])[]): Splice[] {
  const last = map.items.at(-1);
  if (!last) return [rewritten(tree, map, `{${entries.map(([key, value]) => pairText(key, value)).join(", ")}}`)];
  // Of splices at one place the last comes first.
  return [...entries].reverse().flatMap(([key, value]) => insertPair(tree, map, key, value, last));
}

const insertion = (at: number, insert: string): Splice => ({ from: at, to: at, insert });

/** insertItem puts a value before the item of an index of a list, or at its end. */
export function insertItem(tree: Tree, seq: YAMLSeq, index: number, value: Value): Splice[] {
  const { source } = tree;
  const items = seq.items as Node[];
  if (items.length === 0) return [{ from: startOf(seq), to: seq.range?.[1] ?? 0, insert: `[${valueAt(value, undefined)}]` }];
  const next = items[index];
  const last = items.at(-1);
  if (seq.flow) {
    const text = valueAt(value, undefined);
    if (next) return [insertion(startOf(next), `${text}, `)];
    return last ? [insertion(endOf(tree, last), `, ${text}`)] : [];
  }
  const column = indentOf(tree, seq);
  const text = `${blanks(column)}- ${valueAt(value, column + 2).replace(/^\n\s*/, "")}`;
  const spans = children(tree, seq);
  const span = spans[index];
  if (next && span) return [insertion(span.from, `${text}\n`)];
  return last ? [insertion(lineEnd(source, endOf(tree, last)), `\n${text}`)] : [];
}

/** remove takes away a node; a collection that would be empty goes with its last child. */
export function remove(tree: Tree, path: Path): Splice[] {
  const parent = nodeAt(tree, path.slice(0, -1));
  if (!isMap(parent) && !isSeq(parent)) return [];
  const last = path.at(-1);
  const index = isMap(parent) ? parent.items.findIndex((p) => keyOf(p) === last) : Number(last);
  if (index < 0 || index >= parent.items.length) return [];
  if (parent.items.length === 1 && path.length > 1) return remove(tree, path.slice(0, -1));
  const spans = children(tree, parent);
  const span = spans[index];
  if (!span) return [];
  const items = parent.items as (Node | Pair)[];
  const [next, before] = [items[index + 1], items[index - 1]];
  if (parent.flow) {
    if (next) return [{ from: span.from, to: startOf(next), insert: "" }];
    return [{ from: before ? endOf(tree, before) : span.from, to: span.to, insert: "" }];
  }
  const item = items[index];
  // The first key of a list's item shares its line with the dash.
  const shares = isMap(parent) && item !== undefined && /\S/.test(tree.source.slice(lineStart(tree.source, startOf(item)), startOf(item)));
  if (shares && next) return [{ from: startOf(item), to: startOf(next), insert: "" }];
  return [{ ...span, insert: "" }];
}

/** move puts a child of a collection in the place of another. */
export function move(tree: Tree, path: Path, from: number, to: number): Splice[] {
  const node = nodeAt(tree, path);
  if (!isMap(node) && !isSeq(node)) return [];
  const spans = children(tree, node);
  if (from === to || !spans[from] || !spans[to]) return [];
  const parts = spans.map((s) => tree.source.slice(s.from, s.to));
  if (!node.flow) parts.forEach((p, i) => { if (!p.endsWith("\n")) parts[i] = `${p}\n`; });
  const [moved = ""] = parts.splice(from, 1);
  parts.splice(to, 0, moved);
  return spans.map((s, i) => ({ ...s, insert: parts[i] ?? "" })).filter((s) => tree.source.slice(s.from, s.to) !== s.insert);
}

/** Comment is what is noted at a child of a block: on the lines above it, and behind it on its first line. */
export interface Comment {
  above: string;
  behind: string;
}

const uncommented = (text: string) => text.split("\n").map((l) => l.trim().replace(/^# ?/, "")).join("\n");

/** firstLineEnd is where what stands on the first line of a child ends. */
function firstLineEnd(tree: Tree, child: Node | Pair): number {
  const start = startOf(child);
  const end = lineEnd(tree.source, start);
  if (isPair(child)) {
    const value = child.value as Node | null;
    if (!value || isEmpty(value) || startOf(value) > end) return colonEnd(tree, child);
  }
  const last = endOf(tree, child);
  return last <= end ? last : -1;
}

/** commentOf reads the comment of the child of a block. */
export function commentOf(tree: Tree, child: Node | Pair, span: Span): Comment {
  const first = lineStart(tree.source, startOf(child));
  const above = span.from < first ? uncommented(tree.source.slice(span.from, first - 1)) : "";
  const end = firstLineEnd(tree, child);
  const behind = end < 0 ? null : /^\s+#(.*)$/.exec(tree.source.slice(end, lineEnd(tree.source, end)));
  return { above, behind: behind?.[1]?.trim() ?? "" };
}

/** comment sets the comment above the child of a block. */
export function comment(tree: Tree, parent: Path, index: number, text: string): Splice[] {
  const node = nodeAt(tree, parent);
  if ((!isMap(node) && !isSeq(node)) || node.flow) return [];
  const span = children(tree, node)[index];
  const child = node.items[index] as Node | Pair | undefined;
  if (!span || !child) return [];
  const indent = blanks(indentOf(tree, node));
  const lines = text.trim() ? text.trim().split("\n").map((l) => `${indent}# ${l.trim()}`.trimEnd() + "\n").join("") : "";
  return [{ from: span.from, to: lineStart(tree.source, startOf(child)), insert: lines }];
}

/** commentBehind sets the comment on the first line of the child of a block. */
export function commentBehind(tree: Tree, parent: Path, index: number, text: string): Splice[] {
  const node = nodeAt(tree, parent);
  const child = (isMap(node) || isSeq(node)) && !node.flow ? (node.items[index] as Node | Pair | undefined) : undefined;
  const end = child ? firstLineEnd(tree, child) : -1;
  if (end < 0) return [];
  const gap = /^\s*(?=#)/.exec(tree.source.slice(end, lineEnd(tree.source, end)))?.[0] || "  ";
  return [{ from: end, to: lineEnd(tree.source, end), insert: text.trim() ? `${gap}# ${text.trim().replaceAll("\n", " ")}` : "" }];
}

const escapes: Record<string, string> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t" };

/** quoted writes a text in double quotes, as the UI always does, on one line; what nobody sees is written as its number. */
export const quoted = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- these are what must be escaped
  `"${text.replaceAll("\r\n", "\n").replace(/[\\"\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028\u2029\ufeff]/g, (c) => escapes[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;

/** plain writes a name or an expression as it is, or quoted where YAML would read something else. */
export function plain(text: string): string {
  const safe = /^[^\s[\]{}>|*&!%@`\-?"'#,:][^\n]*$/.test(text) && !/[[\]{},]|: |:$| #|\s$/.test(text);
  return safe ? text : quoted(text);
}
