import { expect, it } from "vitest";

import { readFlow } from "./flow";
import { numbersOf, wayAt } from "./insight";

const flow = readFlow(`flow: f
start: hello
anywhere:
  replies: [{words: [agent], end: person}]
states:
  hello: {say: Hi, go: ask}
  ask:
    say: "A?"
    replies:
      - {is: yes, go: choose}
      - {is: no, end: declined}
      - {words: [again], go: again}
    else: {tries: 2, go: lost}
    timeout: {after: 1h, end: late}
  choose:
    say: "{{menu}}"
    replies: [{choice: {one: One, two: {text: Two, go: split}}, end: done}]
  split: {split: [{share: 1, go: lost}, {share: 1, end: done}]}
  lost: {say: Bye, end: lost}
`);

const ways = (...list: [state: string, by: string, count: number][]) => list.map(([state, by, count]) => ({ ...(state && { state }), by, count }));
const numbers = numbersOf(flow, {
  since: "2026-11-29T00:00:00Z",
  texts: 30,
  puzzles: [],
  open: [{ version: 1, state: "ask", count: 2 }, { version: 2, state: "ask", count: 1 }],
  ways: ways(
    ["", "begin", 20], ["ask", "reply:0", 8], ["ask", "reply:1", 2], ["ask", "reply:2", 1], ["ask", "unknown", 3], ["ask", "else", 1], ["ask", "anywhere.reply:0", 1],
    ["choose", "reply:0.0", 3], ["choose", "reply:0.1", 4], ["split", "split:0", 3], ["split", "split:1", 1], ["choose", "end:done", 3],
  ),
});

it("counts texts that came to a state, and who stands there in all versions", () => {
  expect(numbers.stands.get("ask")).toMatchObject({ came: 16, here: 3 });
  expect(numbers.stands.get("choose")).toMatchObject({ came: 7, here: 0 });
  expect(numbers.of("")).toBe(23);
});

it("adds options to their menu, and texts that stayed to those that went on", () => {
  expect([numbers.taken("choose", "reply:0"), numbers.taken("choose", "reply:0.1"), numbers.taken("ask", "else"), numbers.met("ask", "else"), numbers.taken("", "anywhere.reply:0")]).toEqual([7, 4, 1, 4, 1]);
});

it("follows ways, also through states that wait for nothing", () => {
  expect(["hello", "ask", "choose", "split", "lost"].map(numbers.reached)).toEqual([20, 20, 8, 4, 4]);
});

it("tells who came and neither answered nor is there", () => {
  expect(numbers.stands.get("ask")?.silent).toEqual({ count: 5, of: 20 }); // 20 came, 12 answered, 3 are there
  expect(numbers.stands.get("choose")?.silent).toEqual({ count: 1, of: 8 });
  expect(numbers.stands.get("lost")?.silent).toBeUndefined();
});

it("knows which ways are counted", () => {
  expect(wayAt(["states", "ask", "replies", 1])).toEqual({ from: "ask", by: "reply:1" });
  expect(wayAt(["states", "choose", "replies", 0, "choice", "two"])).toEqual({ from: "choose", by: "reply:0" });
  expect(wayAt(["anywhere", "else"])).toEqual({ from: "", by: "anywhere.else" });
  expect(wayAt(["states", "split", "split", 0])).toEqual({ from: "split", by: "split:0" });
  expect(wayAt(["states", "ask", "timeout"])).toBeUndefined();
});

it("does not count a text twice when an action comes back with something else", () => {
  const shop = readFlow(`flow: f
start: ask
states:
  ask:
    say: "A?"
    replies: [{is: yes, do: [{points: {take: 1, for: meals, short: poor}}], go: coupon}]
  coupon: {do: [{issue: {offer: o, empty: gone}}], say: "Here", go: bye}
  bye: {say: Bye, end: done}
  poor: {say: Sorry, end: poor}
  gone: {say: Gone, end: gone}
`);
  const n = numbersOf(shop, { since: "2026-11-29T00:00:00Z", texts: 15, puzzles: [], open: [], ways: ways(["", "begin", 10], ["ask", "reply:0", 9], ["ask", "reply:0.do0.points:short", 2], ["coupon", "enter.do0.issue:empty", 3]) });
  expect(["ask", "coupon", "bye", "poor", "gone"].map(n.reached)).toEqual([10, 7, 4, 2, 3]);
  expect([n.passed("coupon"), n.of("ask"), n.taken("ask", "reply:0"), n.stands.get("ask")?.silent?.count]).toEqual([4, 9, 9, 1]);
});
