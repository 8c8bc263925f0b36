import { expect, it } from "vitest";

import { problemOf, spanOf } from "./problem";

it("finds the line of a problem", () => {
  expect(problemOf({ location: "body", message: "body:12:3: `colour` is not a key: did you mean `color`?" })).toEqual({ line: 12, text: "`colour` is not a key: did you mean `color`?" });
  expect(problemOf({ location: "body", message: "short code 36111: `x` is not a carrier" })).toEqual({ line: 0, text: "short code 36111: `x` is not a carrier" });
});

it("finds a line in a text", () => {
  const text = "a\nbcd\ne";
  expect(text.slice(...spanOf(text, 1))).toBe("a");
  expect(text.slice(...spanOf(text, 2))).toBe("bcd");
  expect(text.slice(...spanOf(text, 3))).toBe("e");
});
