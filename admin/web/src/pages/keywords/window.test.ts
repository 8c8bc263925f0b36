import { expect, it } from "vitest";

import { stateOf, type Entry } from "./window";

const entry = (window: Partial<Entry>): Entry => ({ short_code: "36111", word: "PIZZA", program: "pizza", flow: "order", ...window });
const at = (time: string) => Date.parse(time);

it.each([
  ["without a window", {}, "2026-11-20T12:00:00Z", "live"],
  ["before it begins, by the clock of the program", { from: "2026-11-20T20:00" }, "2026-11-20T18:59:59Z", "later"],
  ["when it begins", { from: "2026-11-20T20:00" }, "2026-11-20T19:00:00Z", "live"],
  ["when it ends", { until: "2026-11-20T20:00" }, "2026-11-20T19:00:00Z", "over"],
  ["on the day before it ends", { until: "2026-11-21" }, "2026-11-20T22:59:00Z", "live"],
  ["on its day", { days: "fri-sun" }, "2026-11-20T12:00:00Z", "live"],
  ["on another day", { days: "mon-thu" }, "2026-11-20T12:00:00Z", "later"],
  ["within its hours, in a zone of its own", { hours: "08:00-14:30", time_zone: "America/New_York" }, "2026-11-20T19:29:00Z", "live"],
  ["after its hours", { hours: "08:00-14:30" }, "2026-11-20T13:30:00Z", "later"],
  ["to the end of the day", { hours: "18:00-24:00" }, "2026-11-20T22:59:00Z", "live"],
])("is right about a word %s", (_, window, now, state) => {
  expect(stateOf(entry(window), "Europe/Paris", at(now))).toBe(state);
});
