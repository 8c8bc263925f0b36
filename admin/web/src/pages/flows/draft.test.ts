import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";

import { blank, fromTemplate, namePattern } from "./draft";
import { languagesOf } from "./panels/texts/model";
import { parseTree, textOf, valueOf } from "./yaml";
import { templateTexts } from "./texts";

const folder = resolve(import.meta.dirname, "../../../../../demo/flows");
const templates = readdirSync(folder).map((file) => [file.replace(".yaml", ""), readFileSync(resolve(folder, file), "utf8")] as const);

it.each(templates)("gives %s another name, title and languages, and nothing else", (name, text) => {
  const made = fromTemplate(text, "mine", 'Été: "A"', ["de", "fr"]);
  const top = parseTree(made).doc.contents;
  expect(textOf(valueOf(top, "flow"))).toBe("mine");
  expect(textOf(valueOf(top, "title"))).toBe('Été: "A"');
  expect(languagesOf(parseTree(made))).toEqual(["de", "fr"]);
  const rest = (source: string) => source.split("\n").filter((line) => !/^(flow|title|languages):/.test(line));
  expect(rest(made)).toEqual(rest(text));
  expect(templateTexts.en).toHaveProperty(name);
});

it("keeps the title of a template when there is no other", () => {
  expect(fromTemplate("flow: a # of the demo\ntitle: T\nstart: x\n", "b", "", ["en"])).toBe("flow: b # of the demo\ntitle: T\nlanguages: [en]\nstart: x\n");
});

it("makes a flow of nothing, in each language", () => {
  const made = blank("quiz", 'My "quiz"', ["fr", "ro"]);
  expect(parseTree(made).doc.errors).toEqual([]);
  expect(made).toContain('flow: quiz\ntitle: "My \\"quiz\\""\nlanguages: [fr, ro]\n');
  expect(made).toContain('      ro: "Hello!');
});

it("knows names of flows", () => {
  for (const name of ["a", "summer-quiz", "a.b2"]) expect(name).toMatch(namePattern);
  for (const name of ["", "A", "2a", "a_b", "été", "a b"]) expect(name).not.toMatch(namePattern);
});
