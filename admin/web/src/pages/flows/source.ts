import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, Scalar, type Document, type Node, type Pair, type YAMLMap } from "yaml";

/** Source is a flow's text and its syntax tree. */
export interface Source {
  text: string;
  doc: Document.Parsed;
  lines: LineCounter;
}

/** read parses a flow. What is broken in it leaves gaps in the tree. Scalars are the text as written. */
export function read(text: string): Source {
  const lines = new LineCounter();
  return { text, lines, doc: parseDocument(text, { schema: "failsafe", lineCounter: lines, uniqueKeys: false, prettyErrors: false, logLevel: "silent" }) };
}

/** Edit replaces a part of a text. */
export interface Edit {
  from: number;
  to: number;
  insert: string;
}

/**
 * apply carries out edits that do not overlap. All that they do not name, comments
 * and layout included, stays as it is to the letter.
 */
export function apply(text: string, edits: Edit[]): string {
  return edits.toSorted((a, b) => b.from - a.from).reduce((done, { from, to, insert }) => done.slice(0, from) + insert + done.slice(to), text);
}

const escapes: Record<string, string> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t" };

/** quoted writes a text in double quotes, as the UI always does. */
export const quoted = (text: string): string =>
  `"${text.replaceAll("\r\n", "\n").replaceAll(/["\\\n\t]/g, (c) => escapes[c] ?? c).replaceAll(/\p{Cc}/gu, "")}"`;

/** textOf is a scalar's text; undefined for anything else. */
export const textOf = (node: unknown): string | undefined => (isScalar(node) ? String(node.value ?? "") : undefined);

/** pairsOf are the entries of a map, with their keys as texts; none for anything else. */
export function pairsOf(node: unknown): { key: string; value: Node | null; pair: Pair }[] {
  if (!isMap(node)) return [];
  return node.items.flatMap((pair) => (isPair(pair) && isScalar(pair.key) ? [{ key: String(pair.key.value), value: (pair.value ?? null) as Node | null, pair: pair as Pair }] : []));
}

/** valueOf is what stands at a key of a map. */
export const valueOf = (node: unknown, key: string): Node | null => pairsOf(node).find((entry) => entry.key === key)?.value ?? null;

/** itemsOf are the elements of a list; one value stands for a list of one. */
export const itemsOf = (node: unknown): Node[] => (isSeq(node) ? (node.items.filter(Boolean) as Node[]) : node ? [node as Node] : []);

/** span is where a node's text stands. */
export function span(node: Node): { from: number; to: number } {
  const [from, to] = node.range ?? [0, 0];
  return { from, to };
}

/** replaced writes something else where a node stands. */
export function replaced(source: Source, node: Node, insert: string): Edit {
  const { from, to } = span(node);
  const block = isScalar(node) && (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED);
  return { from, to, insert: block && source.text.slice(from, to).endsWith("\n") ? `${insert}\n` : insert };
}

/** added puts more entries at the end of a map. */
export function added(source: Source, map: YAMLMap, entries: [key: string, value: string][]): Edit {
  const lines = entries.map(([key, value]) => `${key}: ${value}`);
  const last = map.items.at(-1);
  if (!last) return replaced(source, map, `{${lines.join(", ")}}`);
  const end = span((last.value ?? map) as Node).to;
  if (map.flow) return { from: end, to: end, insert: `, ${lines.join(", ")}` };
  const { from } = span(map);
  const indent = " ".repeat(from - (source.text.lastIndexOf("\n", from - 1) + 1));
  const block = lines.map((line) => indent + line).join("\n");
  if (source.text[end - 1] === "\n") return { from: end, to: end, insert: `${block}\n` };
  const stop = source.text.indexOf("\n", end); // behind a comment on the line
  const at = stop < 0 ? source.text.length : stop;
  return { from: at, to: at, insert: `\n${block}` };
}

/** named gives a flow another name. */
export function named(text: string, name: string): string {
  const source = read(text);
  const node = valueOf(source.doc.contents, "flow");
  return node ? apply(text, [replaced(source, node, name)]) : `flow: ${name}\n${text}`;
}
