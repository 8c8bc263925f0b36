import { expect, it } from "vitest";

import { sizeOf } from "./segments";

it.each([
  ["", "GSM", 0, 1, 160],
  ["a".repeat(160), "GSM", 160, 1, 0],
  ["a".repeat(161), "GSM", 161, 2, 145],
  ["a".repeat(306), "GSM", 306, 2, 0],
  ["a".repeat(307), "GSM", 307, 3, 152],
  ["10 €", "GSM", 5, 1, 155],
  ["€".repeat(80), "GSM", 160, 1, 0],
  ["é".repeat(70), "GSM", 70, 1, 90],
  ["ê".repeat(70), "UCS-2", 70, 1, 0],
  ["ê".repeat(71), "UCS-2", 71, 2, 63],
  ["😀".repeat(35), "UCS-2", 70, 1, 0],
])("counts %j", (text, alphabet, units, segments, left) => {
  expect(sizeOf(text)).toMatchObject({ alphabet, units, segments, left });
});

it("tears no pair of units apart", () => {
  // The euro sign would be cut by the end of the first segment: it goes into the second.
  expect(sizeOf("a".repeat(152) + "€" + "a".repeat(152))).toMatchObject({ units: 306, segments: 3, left: 152 });
  expect(sizeOf("ê".repeat(66) + "😀" + "ê".repeat(66))).toMatchObject({ units: 134, segments: 3 });
});

it("names the character that makes a text UCS-2", () => {
  expect(sizeOf("Bien sûr, tête à tête").odd).toBe("û");
  expect(sizeOf("Déjà prêt 😀").odd).toBe("ê");
  expect(sizeOf("Déjà là").odd).toBeUndefined();
});
