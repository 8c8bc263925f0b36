import { expect, it } from "vitest";

import { explainRule } from "./rules";
import { ruleTexts } from "./texts";

const { en, fr } = ruleTexts;

it("explains each rule of the gate", () => {
  for (const id of ["G01", "G02", "G03", "G04", "G05", "G06", "G07", "G08", "G09", "G10", "G11", "G12"]) {
    for (const t of [en, fr]) {
      const { name, text, ways } = explainRule(`${id} as the gate calls it`, t);
      expect(name).not.toContain("as the gate calls it");
      expect(text).toBeTruthy();
      expect(ways).toEqual([]);
    }
  }
  expect(explainRule("A3 marketing with consent, within hours and frequency", en).name).toBe("Marketing with consent");
});

it("explains the step that read a text", () => {
  expect(explainRule("2 whole text", en).name).toBe("Opt-out word");
  expect(explainRule("14: no opt-out, help or opt-in text", en).name).toBe("No special text");
});

it("tells who took a text, and which ways it went", () => {
  expect(explainRule("keyword: free-meal>begin", en)).toMatchObject({ name: "Keyword", ways: ["free-meal>begin"] });
  expect(explainRule("front: order/size>reply:1 order/ask>answer", en).ways).toEqual(["order/size>reply:1", "order/ask>answer"]);
  expect(explainRule("unknown", fr).ways).toEqual([]);
});

it("shows what it does not know as it is", () => {
  expect(explainRule("X99 something new", en)).toEqual({ name: "X99 something new", ways: [] });
  expect(explainRule("constructor", en).name).toBe("constructor");
});
