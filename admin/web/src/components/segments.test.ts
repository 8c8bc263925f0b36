import { expect, it } from "vitest";

import { sizeOf } from "./segments";

it.each([
  ["a".repeat(160), 160, 1, "GSM 03.38"],
  ["a".repeat(161), 161, 2, "GSM 03.38"],
  ["€".repeat(80), 160, 1, "GSM 03.38"],
  ["Ça va ? éèàù", 12, 1, "GSM 03.38"],
  ["ê", 1, 1, "UCS-2"],
  [`ê${"a".repeat(70)}`, 71, 2, "UCS-2"],
])("counts the SMS of %s", (text, units, segments, alphabet) => {
  expect(sizeOf(text)).toEqual({ units, segments, alphabet });
});
