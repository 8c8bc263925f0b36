import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";

import { parseTree } from "../../yaml";
import { freed, guarded, readCsv, writeCsv } from "../../../../components/csv";
import { exported, imported, type Import } from "./exchange";
import { change, languagesOf, rowsOf, textIn } from "./model";

const folder = resolve(import.meta.dirname, "../../../../../../../demo/flows");
const flows = readdirSync(folder).map((file) => [file, readFileSync(resolve(folder, file), "utf8")] as const);

const tableOf = (text: string) => {
  const rows = rowsOf(parseTree(text));
  return { rows, languages: languagesOf(parseTree(text), rows) };
};

const take = (table: string, text: string): Import => {
  const { rows, languages } = tableOf(text);
  const found = imported(table, rows, languages);
  if (typeof found === "string") throw new Error(found);
  return found;
};

it.each(flows)("exports %s so that it comes back unchanged, and takes a translation of all of it", (_, text) => {
  const { rows, languages } = tableOf(text);
  const table = exported(rows, languages, (row) => row.state);
  expect(take(table, text)).toMatchObject({ findings: [], changes: [], ignored: [] });
  const cells = readCsv(table) ?? [];
  const translated = writeCsv(cells.map((row, i) => (i === 0 ? [...row.slice(0, 2), "de"] : [...row.slice(0, 2), `DE ${row[2] ?? ""}`])));
  const found = imported(translated, rows, [...languages, "de"]);
  if (typeof found === "string") throw new Error(found);
  expect(found.findings.every((f) => f.verdict === "changed")).toBe(true);
  const german = rowsOf(parseTree(change(text, found.changes, [...languages, "de"])));
  for (const row of german) expect(textIn(row, "de")).toMatch(/^DE /);
});

it("keeps texts from running as formulas, and gives them back as they were", () => {
  for (const text of ["=1+1", "+33", "-20%", "@x", "'=1", "''-", "'quoted'", "plain", "\tx"]) {
    expect(guarded(text)).not.toMatch(/^[=+\-@\t\r]/);
    expect(freed(guarded(text))).toBe(text);
  }
});

it("reads what spreadsheets write", () => {
  const rows = [["key", "a;b", ""], ["line\nbreak", 'say "x"', "=1"], ["", "é", " padded "]];
  expect(readCsv(writeCsv(rows))).toEqual(rows);
  expect(readCsv("key;fr\r\na;\"un; deux\"\r\n")).toEqual([["key", "fr"], ["a", "un; deux"]]);
  expect(readCsv("key\tfr\na\tb")).toEqual([["key", "fr"], ["a", "b"]]);
  expect(readCsv("key,fr\n\na,\n")).toEqual([["key", "fr"], ["a", ""]]);
  expect(readCsv('key,fr\na,"never')).toBeUndefined();
});

const flow = `flow: f
start: a
states:
  a: {say: {en: "Hi {{name}}, {{plural(n, 'one', 'more')}}", fr: "Salut"}, replies: [{words: [yes], say: "All"}]}
`;

it("tells line by line what is changed, unknown and refused", () => {
  const table = writeCsv([
    ["key", "en", "fr", "xx"],
    ["states.a.say", "Hello {{name}}", "Salut {{secret}}", "?"],
    ["states.b.say", "x", "", ""],
    ["states.a.replies[0].words", " , ", "", ""],
    ["states.a.replies[0].say", "Everybody", "Everybody", ""],
    ["states.a.say", "", "again", ""],
  ]);
  const found = take(table, flow);
  expect(found.findings.map((f) => [f.line, f.language, f.verdict, f.reason])).toEqual([
    [2, "en", "changed", undefined],
    [2, "fr", "refused", "expressions"],
    [3, "", "unknown", undefined],
    [4, "en", "refused", "words"],
    [5, "en", "changed", undefined],
    [5, "fr", "changed", undefined],
    [6, "", "refused", "twice"],
  ]);
  expect(found.ignored).toEqual(["xx"]);
  expect(found.changes).toEqual([
    { key: "states.a.say", language: "en", text: "Hello {{name}}" },
    { key: "states.a.replies[0].say", language: "", text: "Everybody" },
  ]);
  expect(take(writeCsv([["key", "fr"], ["states.a.say", "{{plural(n, 'un', 'plus')}}"]]), flow).changes).toHaveLength(1);
  expect(imported("a,b\n", ...Object.values(tableOf(flow)) as [never, never])).toBe("columns");
});
