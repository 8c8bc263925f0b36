import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";

import { parseTree } from "../../yaml";
import { change, languagesOf, rowsOf, shared, textIn } from "./model";

const folder = resolve(import.meta.dirname, "../../../../../../../demo/flows");
const flows = readdirSync(folder).map((file) => [file, readFileSync(resolve(folder, file), "utf8")] as const);

it.each(flows)("finds the texts of %s, and writes each anew without touching anything else", (_, text) => {
  const source = parseTree(text);
  const rows = rowsOf(source);
  const languages = languagesOf(source, rows);
  expect(languages.toSorted()).toEqual(["en", "fr"]);
  expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
  const says = text.split("\ntests:")[0]?.match(/\b(say|show):/g)?.length ?? 0;
  expect(rows.filter((row) => /\.(say|show)$/.test(row.key))).toHaveLength(says);
  for (const row of rows) {
    const marked = shared(row) === undefined ? { language: "fr", text: "Ça: \"va\" \\ #1\nbien" } : { language: "", text: "C'est, comme ça" };
    const changed = change(text, [{ key: row.key, ...marked }], languages);
    const again = rowsOf(parseTree(changed));
    expect(parseTree(changed).doc.errors).toEqual([]);
    expect(again.map((r) => r.key)).toEqual(rows.map((r) => r.key));
    const other = again.find((r) => r.key === row.key);
    if (!row.list) expect(other && textIn(other, marked.language)).toBe(marked.text);
    expect(again.filter((r) => r.key !== row.key).map((r) => Object.values(r.cells).map((c) => c.text))).toEqual(
      rows.filter((r) => r.key !== row.key).map((r) => Object.values(r.cells).map((c) => c.text)),
    );
    expect(changed.match(/#[^"\n]*$/gm)).toEqual(text.match(/#[^"\n]*$/gm));
  }
});

const small = `flow: small # the name
start: a
states:
  a:
    say: "Hello"   # for all
    replies: [{is: yes, say: {fr: Bien, en: "Good"}, end: done}, {words: [menu, "la carte"], go: b}]
  b:
    say:
      fr: |
        Salut
        toi
      # English is missing
    end: done
`;

it("parts a text that all languages share, and adds those that are missing", () => {
  const changed = change(
    small,
    [
      { key: "states.a.say", language: "fr", text: "Bonjour" },
      { key: "states.a.replies[0].say", language: "de", text: "Gut" },
      { key: "states.a.replies[0].say", language: "es", text: "Bien" },
      { key: "states.a.replies[1].words", language: "", text: "menu, speise, karte" },
      { key: "states.b.say", language: "en", text: "Hi" },
      { key: "states.b.say", language: "fr", text: "Coucou" },
    ],
    ["en", "fr"],
  );
  expect(changed).toBe(`flow: small # the name
start: a
states:
  a:
    say: {en: "Hello", fr: "Bonjour"}   # for all
    replies: [{is: yes, say: {fr: Bien, en: "Good", de: "Gut", es: "Bien"}, end: done}, {words: ["menu", "speise", "karte"], go: b}]
  b:
    say:
      fr: "Coucou"
      en: "Hi"
      # English is missing
    end: done
`);
});

it("says where texts stand as the API counts", () => {
  const row = rowsOf(parseTree(small)).find((r) => r.key === "states.a.replies[0].say");
  expect(row?.cells["en"]).toEqual({ text: "Good", line: 6, column: 45 });
});
