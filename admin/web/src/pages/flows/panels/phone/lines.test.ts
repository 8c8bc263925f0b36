import { expect, it } from "vitest";

import { ahead, goldenOf, kindOf, linesOf, quickReplies, starting, wallClock, worldOf, type Moment } from "./lines";

const source = `flow: f
states:
  a:
    do: [{notify: {staff: hosts, say: "x", answers: [{is: yes, event: ok}]}}]
    events: [{event: order.ready, go: b}, {event: [order.done, order.lost], go: b}]
  b: {handoff: {group: shop, away: c}}
  c: {handoff: desk}
tests: |
  $ keyword TWO WORDS {campaign: x} flow=f
  $ staff hosts name=Ana
  == one
  $ keyword LATER
  > two words
`;

it("reads the world of a flow: settings, keywords, groups and events", () => {
  expect(worldOf(source)).toEqual({
    settings: ["$ keyword TWO WORDS {campaign: x} flow=f", "$ staff hosts name=Ana"],
    keywords: ["TWO WORDS"],
    groups: ["hosts", "shop", "desk"],
    events: ["order.ready", "order.done", "order.lost", "handoff.done"],
  });
  expect(worldOf("tests: [").settings).toEqual([]);
  expect(worldOf("flow: f\n")).toEqual({ settings: [], keywords: [], groups: [], events: [] });
});

it("lets time pass to a moment, in the language's durations", () => {
  expect(ahead("2026-11-20T12:00:00+01:00", "2026-11-20T12:20:00+01:00")).toBe("@ +20m");
  expect(ahead("2026-11-20T12:00:00+01:00", "2026-11-22T13:00:30+01:00")).toBe("@ +2d1h30s");
  expect(ahead("2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z")).toBe("@ +1s");
  expect(wallClock("2026-11-20T12:05:00+01:00").toISOString()).toBe("2026-11-20T12:05:00.000Z");
});

it("starts with the inputs that are given, each as its type is written", () => {
  const inputs = [{ name: "seat", type: "text", required: true }, { name: "n", type: "number", required: false }, { name: "at", type: "time", required: false }];
  expect(starting(inputs, { seat: 'B "4"', n: "12", at: " " })).toBe('* start {seat: "B \\"4\\"", n: 12}');
  expect(starting([], {})).toBe("* start");
});

const told = (...texts: string[]): Moment => ({ line: "> x", now: "", said: texts.map((text) => ({ text, segments: 1 })), conversations: [], trace: [] });

it("guesses answers: numbers of a menu, words in capitals, else the keywords", () => {
  const world = worldOf(source);
  expect(quickReplies([], world)).toEqual(["TWO WORDS"]);
  expect(quickReplies([told("1 Toast €4.50\n2 Tea\nE.g. 2 toast")], world)).toEqual(["1", "2"]);
  expect(quickReplies([told("Répondez OUI ou NON. Code R-7K2M, STOP")], world)).toEqual(["OUI", "NON"]);
  expect(quickReplies([told("Old YES"), told()], world)).toEqual(["YES"]);
});

it("tells lines apart", () => {
  expect(kindOf("> hi")).toMatchObject({ kind: "phone", text: "hi" });
  expect(kindOf("hosts> yes")).toMatchObject({ kind: "staff", who: "hosts", text: "yes" });
  expect(kindOf("what is this")).toMatchObject({ kind: "other" });
});

it("makes a golden conversation, without what all of them share", () => {
  const world = worldOf(source);
  const script = [...world.settings, "$ language fr", "> two words", "< Hi", "| there"].join("\n") + "\n";
  expect(goldenOf(" a \n name ", linesOf(script, world))).toBe("== a name\n$ language fr\n> two words\n< Hi\n| there\n");
});
