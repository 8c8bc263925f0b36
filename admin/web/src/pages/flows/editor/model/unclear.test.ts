import { expect, it } from "vitest";

import { readFlow } from "./flow";
import { addWord, answersOf, leadingTo, understoodBy } from "./unclear";

const source = `flow: f
languages: [fr, en]
start: ask
anywhere:
  replies:
    - {words: {fr: [retour], en: [back]}, go: back}
states:
  ask:
    say: "A?"   # the question
    replies:
      - {is: yes, go: menu}   # keep
      - words: [later, "not now"]
        end: later
      - words:
          - une   # one
          - deux
        end: some
      - {starts: [sans], is: items, go: again}
      - {is: any, end: any}
  menu:
    say: "{{menu}}"
    replies: [{choice: {one: One, two: {text: {fr: Deux, en: Two}, words: [ii]}}, go: colour}]
  colour:
    branch: [{if: x, end: none}, {go: paint}]
  paint:
    replies: [{choice: [Red, {fr: Bleu, en: Blue}], end: done}, {is: number, min: 3, go: last}]
  last: {say: Bye, timeout: {after: 30m, go: end}}
  end: {say: Bye, end: done}
`;
const flow = readFlow(source);

/** added is what stands on the lines that changed. */
function added(state: string, index: number, text: string, language = "fr"): string[] {
  const answer = answersOf(flow, state)[index];
  if (!answer) throw new Error("no such answer");
  const before = new Set(source.split("\n"));
  const now = addWord(answer, language, text)(flow);
  expect(understoodBy(readFlow(now), state, text)).toBeDefined();
  expect(readFlow(now).errors).toEqual([]);
  return now.split("\n").filter((line) => !before.has(line));
}

it("offers answers that take words, those that are always understood last", () => {
  expect(answersOf(flow, "ask").map((a) => a.path.join(" "))).toEqual(["states ask replies 0", "states ask replies 1", "states ask replies 2", "anywhere replies 0"]);
  expect(answersOf(flow, "gone")).toEqual([]);
});

it("adds a word to an answer, and touches no other line", () => {
  expect(added("ask", 0, "avec plaisir")).toEqual(["      - {is: yes, words: [avec plaisir], go: menu}   # keep"]);
  expect(added("ask", 1, "demain: oui")).toEqual(['      - words: [later, "not now", "demain: oui"]']);
  expect(added("ask", 2, "trois")).toEqual(["          - trois"]);
  expect(added("ask", 3, "arrière", "fr")).toEqual(["    - {words: {fr: [retour, arrière], en: [back]}, go: back}"]);
});

it("adds a word to an option, also where it is a label alone", () => {
  expect(added("menu", 0, "uno")).toEqual(["    replies: [{choice: {one: {text: One, words: [uno]}, two: {text: {fr: Deux, en: Two}, words: [ii]}}, go: colour}]"]);
  expect(added("menu", 1, "zwei")).toEqual(["    replies: [{choice: {one: One, two: {text: {fr: Deux, en: Two}, words: [ii, zwei]}}, go: colour}]"]);
  expect(added("paint", 1, "azul")).toEqual(["    replies: [{choice: {Red: Red, Bleu: {text: {fr: Bleu, en: Blue}, words: [azul]}}, end: done}, {is: number, min: 3, go: last}]"]);
});

it("knows a text that is a word now, whatever its case, accents and signs", () => {
  expect(understoodBy(flow, "ask", " Not NOW !")?.path).toEqual(["states", "ask", "replies", 1]);
  expect(understoodBy(flow, "paint", "bleu")?.option?.value).toBeDefined();
  expect(understoodBy(flow, "ask", "?")).toBeUndefined();
});

it("finds lines that lead to a state", () => {
  expect(leadingTo(flow, "ask")).toEqual([]);
  expect(leadingTo(flow, "paint")).toEqual(["> yes", "> 1"]);
  expect(leadingTo(flow, "end")).toEqual(["> yes", "> 1", "> 3", "@ +30m"]);
  expect(leadingTo(flow, "gone")).toBeUndefined();
});
