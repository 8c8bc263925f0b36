import {
  appended, applied, isMap, isScalar, isSeq, keyOf, oneOrMore, pairsOf, parseTree, quoted, rewritten, startOf, textOf, valueOf,
  type Node, type Splice, type Tree, type YAMLMap,
} from "../../yaml";

/** Where a text stands in its state. */
export type Place = "say" | "reply" | "option" | "answer" | "show" | "words" | "else" | "timeout" | "event" | "notify";

/** Cell is a text in one language. */
export interface Cell {
  text: string;
  /** Where it stands, as the API counts: from 1, in characters. */
  line: number;
  column: number;
}

/** Row is a text of a flow in its languages. */
export interface Row {
  /** The way to it from the top of the file: states.ask.replies[0].say. */
  key: string;
  /** The state; empty: anywhere. */
  state: string;
  place: Place;
  /** The how-manieth of its kind in the state, from 1; 0 for the only one. */
  nth: number;
  /** The texts by language; "" has the one that all languages share. */
  cells: Record<string, Cell>;
  /** It is a list of words that a phone may send, with commas between them. */
  list: boolean;
  node: Node;
}

/** shared is the text that all languages have; undefined where each has its own. */
export const shared = (row: Row): string | undefined => row.cells[""]?.text;

/** textIn is what a row says in a language. */
export const textIn = (row: Row, language: string): string | undefined => (row.cells[language] ?? row.cells[""])?.text;

class Finder {
  readonly rows: Row[] = [];
  private state = "";
  constructor(private readonly tree: Tree) {}

  within(state: string, node: unknown, key: string) {
    this.state = state;
    this.add(valueOf(node, "say"), `${key}.say`, "say");
    this.actions(valueOf(node, "do"), `${key}.do`);
    this.each(valueOf(node, "replies"), `${key}.replies`, (reply, at, nth) => { this.reply(reply, at, nth); });
    this.entry(valueOf(node, "else"), `${key}.else`, "else", 0);
    this.each(valueOf(node, "timeout"), `${key}.timeout`, (entry, at, nth) => { this.entry(entry, at, "timeout", nth); });
    this.each(valueOf(node, "events"), `${key}.events`, (entry, at, nth) => { this.entry(entry, at, "event", nth); });
  }

  private each(node: unknown, key: string, visit: (item: Node, key: string, nth: number) => void) {
    const items = oneOrMore(node);
    items.forEach((item, i) => { visit(item, isSeq(node) ? `${key}[${i}]` : key, items.length > 1 ? i + 1 : 0); });
  }

  private entry(node: unknown, key: string, place: Place, nth: number) {
    this.add(valueOf(node, "say"), `${key}.say`, place, nth);
    this.actions(valueOf(node, "do"), `${key}.do`);
  }

  private reply(node: Node, key: string, nth: number) {
    this.words(valueOf(node, "words"), `${key}.words`, nth);
    this.words(valueOf(node, "starts"), `${key}.starts`, nth);
    this.choice(valueOf(node, "choice"), `${key}.choice`);
    this.add(valueOf(node, "show"), `${key}.show`, "show", nth);
    this.entry(node, key, "reply", nth);
  }

  private choice(node: unknown, key: string) {
    if (isSeq(node)) oneOrMore(node).forEach((label, i) => { this.add(label, `${key}[${i}]`, "option", i + 1); });
    pairsOf(node).forEach((pair, i) => {
      const at = `${key}.${keyOf(pair)}`;
      const option = pair.value as Node | null;
      const text = valueOf(option, "text");
      this.add(text ?? option, text ? `${at}.text` : at, "option", i + 1);
      if (!text) return;
      this.words(valueOf(option, "words"), `${at}.words`, i + 1);
      this.entry(option, at, "answer", i + 1);
    });
  }

  private actions(node: unknown, key: string) {
    this.each(node, key, (action, at) => {
      const notice = valueOf(action, "notify");
      this.add(valueOf(notice, "say"), `${at}.notify.say`, "notify");
      this.each(valueOf(notice, "answers"), `${at}.notify.answers`, (answer, place, nth) => { this.words(valueOf(answer, "words"), `${place}.words`, nth); });
    });
  }

  private add(node: Node | null, key: string, place: Place, nth = 0) {
    if (isScalar(node)) this.rows.push(this.row(node, key, place, nth, { "": this.cell(node, textOf(node) ?? "") }, false));
    if (!isMap(node)) return;
    const cells = Object.fromEntries(pairsOf(node).flatMap((pair) => (isScalar(pair.value) ? [[keyOf(pair), this.cell(pair.value, textOf(pair.value) ?? "")]] : [])));
    this.rows.push(this.row(node, key, place, nth, cells, false));
  }

  private words(node: Node | null, key: string, nth: number) {
    if (!node) return;
    const cells = isMap(node)
      ? Object.fromEntries(pairsOf(node).flatMap((pair) => (pair.value ? [[keyOf(pair), this.cell(pair.value as Node, phrases(pair.value as Node))]] : [])))
      : { "": this.cell(node, phrases(node)) };
    this.rows.push(this.row(node, key, "words", nth, cells, true));
  }

  private row(node: Node, key: string, place: Place, nth: number, cells: Record<string, Cell>, list: boolean): Row {
    return { key, state: this.state, place, nth, cells, list, node };
  }

  private cell(node: Node, text: string): Cell {
    const from = startOf(node);
    const { line, col } = this.tree.lines.linePos(from);
    return { text, line, column: [...this.tree.source.slice(from - col + 1, from)].length + 1 };
  }
}

const phrases = (node: Node): string => oneOrMore(node).flatMap((item) => textOf(item) ?? []).join(", ");

/** rowsOf finds the texts of a flow, in the order of the file. */
export function rowsOf(tree: Tree): Row[] {
  const find = new Finder(tree);
  const top = tree.doc.contents;
  find.within("", valueOf(top, "anywhere"), "anywhere");
  for (const pair of pairsOf(valueOf(top, "states"))) find.within(keyOf(pair), pair.value, `states.${keyOf(pair)}`);
  return find.rows.toSorted((a, b) => startOf(a.node) - startOf(b.node));
}

/** languagesOf are the languages that a flow says it has, or that its texts are in. */
export function languagesOf(tree: Tree, rows = rowsOf(tree)): string[] {
  const said = oneOrMore(valueOf(tree.doc.contents, "languages")).flatMap((node) => textOf(node) ?? []);
  return said.length > 0 ? said : [...new Set(rows.flatMap((row) => Object.keys(row.cells).filter(Boolean)))];
}

/** Change is a new text for a row in a language; "" changes the one that all share. */
export interface Change {
  key: string;
  language: string;
  text: string;
}

/** change writes texts into a flow. What all languages share is parted when one of them gets its own. */
export function change(text: string, changes: Change[], languages: string[]): string {
  const tree = parseTree(text);
  const splices = rowsOf(tree).flatMap((row) => splicesOf(tree, row, changes.filter((c) => c.key === row.key), languages));
  return applied(text, splices);
}

function splicesOf(tree: Tree, row: Row, changes: Change[], languages: string[]): Splice[] {
  const write = (value: string) => (row.list ? listed(value) : quoted(value));
  const old = shared(row);
  const forAll = changes.findLast((c) => c.language === "");
  if (forAll) return [rewritten(tree, row.node, write(forAll.text))];
  if (changes.length === 0) return [];
  if (old !== undefined) {
    const texts = Object.fromEntries(changes.map((c) => [c.language, c.text]));
    const entries = languages.map((language) => `${language}: ${write(texts[language] ?? old)}`);
    return [rewritten(tree, row.node, `{${entries.join(", ")}}`)];
  }
  return merged(tree, row.node as YAMLMap, changes, write);
}

/** merged changes and adds languages in a map of them. */
function merged(tree: Tree, map: YAMLMap, changes: Change[], write: (text: string) => string): Splice[] {
  const fresh: [string, string][] = [];
  const splices: Splice[] = [];
  for (const [language, text] of new Map(changes.map((c) => [c.language, write(c.text)]))) {
    const node = valueOf(map, language);
    if (node) splices.push(rewritten(tree, node, text));
    else fresh.push([language, text]);
  }
  return fresh.length > 0 ? [...splices, ...appended(tree, map, fresh)] : splices;
}

/** listed writes phrases that have commas between them as a list. */
const listed = (text: string): string => `[${phrasesOf(text).map(quoted).join(", ")}]`;

/** phrasesOf are the phrases of a cell. */
export const phrasesOf = (text: string): string[] => text.split(",").map((phrase) => phrase.trim()).filter(Boolean);
