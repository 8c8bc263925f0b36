import { expect, it } from "vitest";

import type { Message } from "../../api/types";
import { journeysOf } from "./causes";

const message = (id: string, direction: "in" | "out", cause?: string): Message => ({
  id, direction, short_code: "36111", msisdn: "33612345678", at: "2026-11-29T12:00:00Z", class: "neither", status: "turn", rule: "", segments: 1, ...(cause && { cause }),
});

it("puts answers to the texts that caused them, and leaves the others alone", () => {
  const newestFirst = [message("6", "out"), message("5", "out", "3"), message("4", "out", "3"), message("3", "in"), message("2", "out", "1"), message("1", "in")];
  const shape = journeysOf(newestFirst).map((j) => [j.incoming?.id, j.outgoing.map((m) => m.id)]);
  expect(shape).toEqual([[undefined, ["6"]], ["3", ["4", "5"]], ["1", ["2"]]]);
});

it("shows an answer whose text is no longer listed by itself", () => {
  expect(journeysOf([message("9", "out", "1")])).toHaveLength(1);
});
