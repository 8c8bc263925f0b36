import { expect, it } from "vitest";

type Tree = Record<string, unknown>;

const keysOf = (tree: Tree, path = ""): string[] =>
  Object.entries(tree).flatMap(([key, value]) => (typeof value === "object" && value !== null ? keysOf(value as Tree, `${path}${key}.`) : [`${path}${key}`]));

const modules = {
  ...import.meta.glob<Tree>(["../**/texts.ts", "!./texts.ts"], { eager: true }),
  ...import.meta.glob<Tree>("./common.ts", { eager: true }),
};

const pairs = Object.entries(modules).flatMap(([file, module]) =>
  Object.entries(module)
    .filter(([, value]) => typeof value === "object" && value !== null && "en" in value && "fr" in value)
    .map(([name, value]) => [`${file} ${name}`, value as { en: Tree; fr: Tree }] as const),
);

it.each(pairs)("%s has each text in both languages", (_, { en, fr }) => {
  expect(keysOf(fr).sort()).toEqual(keysOf(en).sort());
  for (const tree of [en, fr]) {
    for (const value of Object.values(tree)) expect(value).not.toBe("");
  }
});

it("finds the texts of the pages", () => {
  expect(pairs.length).toBeGreaterThan(5);
});
