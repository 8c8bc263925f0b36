import { expect, it } from "vitest";

import { calm, decisionOf, statesOf } from "./decision";

it("decides about open conversations only when there are some", () => {
  expect(decisionOf(calm, 0)).toBeUndefined();
  expect(decisionOf(calm, 2)).toEqual({ policy: "finish" });
  expect(decisionOf({ ...calm, policy: "move", move: { a: "b", c: "" } }, 2)).toEqual({ policy: "move", move: { a: "b" } });
  expect(decisionOf({ ...calm, policy: "move" }, 2)).toEqual({ policy: "move" });
  expect(decisionOf({ ...calm, policy: "end", end: " Bye. " }, 1)).toEqual({ policy: "end", end: "Bye." });
});

it("reads the states of a source", () => {
  expect(statesOf("flow: f\nstates:\n  b: {say: x}\n  a: {}\n")).toEqual(["b", "a"]);
  expect(statesOf("flow: f")).toEqual([]);
});
