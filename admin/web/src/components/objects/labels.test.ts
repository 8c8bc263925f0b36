import { expect, it } from "vitest";

import { fieldOf, type Field, type JsonSchema } from "../schema-form";
import all from "../schema-form/schemas.fixture.json";
import { kinds, shapeOf } from "./kinds";
import { labels } from "./labels";
import { layouts } from "./layouts";

const schemas = all as unknown as Record<string, JsonSchema>;

/** pathsOf are the paths of all fields with a name. */
function pathsOf(field: Field): string[] {
  const inner = field.kind === "group" ? field.properties.map((p) => p.field) : field.kind === "list" || field.kind === "map" ? [field.item] : field.kind === "either" ? field.forms : [];
  return [field.path, ...inner.flatMap(pathsOf)];
}

it.each(kinds)("has a word for each field of %s, and a section", (kind) => {
  const { field } = shapeOf(kind, schemas[kind] ?? {});
  const known = labels[kind] ?? {};
  const paths = [...new Set(pathsOf(field))].filter((path) => path !== "");
  expect(paths.filter((path) => !(path in known))).toEqual([]);
  expect(Object.keys(known).filter((path) => !path.includes("#") && !paths.includes(path))).toEqual([]);
  const top = field.kind === "group" ? field.properties.map((p) => p.key) : [];
  const layout = layouts[kind]?.flatMap((section) => section.keys) ?? top;
  expect([...layout].sort()).toEqual([...top].sort());
});

it("edits the entries of a keyword as one form", () => {
  const shape = shapeOf("keywords", schemas.keywords ?? {});
  const document = [{ short_code: "36111", word: "PIZZA", program: "p", flow: "f" }, { short_code: "36111", word: "PIZZA", program: "p", flow: "g", hours: "08:00-12:00" }];
  const form = shape.toForm(document);
  expect(form).toEqual({ short_code: "36111", word: "PIZZA", entries: [{ program: "p", flow: "f" }, { program: "p", flow: "g", hours: "08:00-12:00" }] });
  expect(shape.toDocument(form)).toEqual(document);
  expect(shape.keyOf(document)).toBe("36111 PIZZA");
  expect(shape.locate("body[1].hours")).toBe("body.entries[1].hours");
  expect(shape.locate("body[0].word")).toBe("body.word");
});

it("finds the schema of a keyword to be a list", () => {
  expect(fieldOf(schemas.keywords ?? {}).kind).toBe("list");
});
