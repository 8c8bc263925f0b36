import { expect, it } from "vitest";

import { documentOfSource, lineOf, NotYaml, sourceOf } from "./source";

const source = "name: a\nitems:\n  - name: x\n    price: 2\n  - name: y\n    price: z\n";

it("finds the line of what the API found wrong", () => {
  expect(lineOf(source, { location: "body.items[1].price" })).toBe(6);
  expect(lineOf(source, { location: "body.items[0]" })).toBe(3);
  expect(lineOf(source, { location: "body.items[0].stock" })).toBe(3);
  expect(lineOf(source, { location: "body" })).toBe(1);
  expect(lineOf("- word: A\n- word: B\n  hours: x\n", { location: "body[1].hours" })).toBe(3);
});

it("reads what it writes, and refuses what is none", () => {
  const document = { name: "a", hours: "0600", list: ["yes", 1, true] };
  expect(documentOfSource(sourceOf(document))).toEqual(document);
  expect(() => documentOfSource("a: [")).toThrow(NotYaml);
  expect(() => documentOfSource("a: &x 1\nb: *x\n")).toThrow(NotYaml);
});
