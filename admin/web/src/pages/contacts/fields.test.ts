import { expect, it } from "vitest";

import { fieldsOf, keptOf, twice } from "./fields";

it.each([
  [{ favourite: "reine" }], [{ visits: 12 }], [{ member: true }], [{ postcode: "75001" }], [{ quoted: '"so"' }], [{ list: ["a", 1] }], [{ empty: "" }], [{ none: "null" }], [{ spaced: " 1 " }],
])("brings %j back as it was", (kept) => {
  expect(keptOf(fieldsOf(kept))).toEqual(kept);
});

it("takes what people type", () => {
  expect(keptOf([{ name: " visits ", value: "3" }, { name: "likes", value: "4 fromages" }, { name: "", value: "lost" }])).toEqual({ visits: 3, likes: "4 fromages" });
});

it("finds names that stand twice", () => {
  expect(twice([{ name: "a", value: "" }, { name: "b", value: "" }, { name: "a ", value: "" }, { name: "", value: "" }, { name: "", value: "" }])).toEqual([2]);
});
