import { readCsv, writeCsv } from "../../../../components/csv";
import { phrasesOf, shared, textIn, type Change, type Row } from "./model";

/** exported is the table of texts for translators. */
export function exported(rows: Row[], languages: string[], where: (row: Row) => string): string {
  return writeCsv([["key", "where", ...languages], ...rows.map((row) => [row.key, where(row), ...languages.map((language) => textIn(row, language) ?? "")])]);
}

/** Finding is what a cell of an imported table means. */
export interface Finding {
  /** The line of the table, from 1; the first has the names of the columns. */
  line: number;
  key: string;
  language: string;
  verdict: "changed" | "unknown" | "refused";
  /** Why it is refused. */
  reason?: "expressions" | "words" | "twice";
  before?: string;
  after?: string;
}

export interface Import {
  findings: Finding[];
  changes: Change[];
  unchanged: number;
  /** Columns that are no language of the flow. */
  ignored: string[];
}

/** What keeps a table from being read at all. */
export type Unreadable = "csv" | "columns";

/** expressionsOf are what a text computes; texts in it may differ from language to language. */
const expressionsOf = (text: string): string[] =>
  [...text.matchAll(/\{\{(.*?)\}\}/gs)].map((m) => (m[1] ?? "").replaceAll(/'[^']*'|"[^"]*"/g, "''").replaceAll(/\s+/g, ""));

/** imported compares a table with the texts that are there, and says what it would change. Empty cells change nothing. */
export function imported(table: string, rows: Row[], languages: string[]): Import | Unreadable {
  const [head, ...lines] = readCsv(table) ?? [];
  if (!head) return "csv";
  const keyAt = head.indexOf("key");
  const columns = head.flatMap((language, at) => (languages.includes(language) ? [{ language, at }] : []));
  if (keyAt < 0 || columns.length === 0) return "columns";
  const known = new Map(rows.map((row) => [row.key, row]));
  const seen = new Set<string>();
  const out: Import = { findings: [], changes: [], unchanged: 0, ignored: head.filter((name) => name && name !== "key" && name !== "where" && !languages.includes(name)) };
  lines.forEach((cells, i) => {
    const key = cells[keyAt] ?? "";
    const row = known.get(key);
    const line = i + 2;
    if (!row) out.findings.push({ line, key, language: "", verdict: "unknown" });
    else if (seen.has(key)) out.findings.push({ line, key, language: "", verdict: "refused", reason: "twice" });
    else judge(row, line, columns.map(({ language, at }) => [language, tidy(cells[at])]), out);
    seen.add(key);
  });
  return out;
}

const tidy = (text = ""): string => text.replaceAll(/\r\n?/g, "\n");

function judge(row: Row, line: number, cells: [language: string, text: string][], out: Import) {
  const allowed = new Set(Object.values(row.cells).flatMap((cell) => expressionsOf(cell.text)));
  const found: Finding[] = [];
  for (const [language, after] of cells) {
    const before = textIn(row, language);
    if (after === "") continue;
    if (after === before || (row.list && before !== undefined && phrasesOf(after).join() === phrasesOf(before).join())) {
      out.unchanged++;
      continue;
    }
    const at = { line, key: row.key, language, after, ...(before !== undefined && { before }) };
    if (!expressionsOf(after).every((e) => allowed.has(e))) found.push({ ...at, verdict: "refused", reason: "expressions" });
    else if (row.list && phrasesOf(after).length === 0) found.push({ ...at, verdict: "refused", reason: "words" });
    else found.push({ ...at, verdict: "changed" });
  }
  out.findings.push(...found);
  const changed = found.filter((f) => f.verdict === "changed");
  const [first] = changed;
  // What all languages share stays shared when all of them change alike.
  const alike = shared(row) !== undefined && first && changed.length === cells.length && changed.every((f) => f.after === first.after);
  if (alike) out.changes.push({ key: row.key, language: "", text: first.after ?? "" });
  else out.changes.push(...changed.map((f) => ({ key: row.key, language: f.language, text: f.after ?? "" })));
}
