import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { completed, completionAt, matching, suggestionsOf } from "./completion";
import { find } from "./find";
import { readFlow } from "./flow";
import { sizeOf } from "./gsm";

const folder = join(__dirname, "../../../../../../../demo/flows");
const demo = (name: string) => readFlow(readFileSync(join(folder, name), "utf8"));

it("knows what texts may print", () => {
  const names = suggestionsOf(demo("tv-coupon.yaml")).map((s) => s.text);
  expect(names).toEqual(expect.arrayContaining(["coupon.code", "coupon.until", "contact.first_name", "campaign"]));
  expect(suggestionsOf(demo("pizza-order.yaml")).map((s) => s.text)).toEqual(expect.arrayContaining(["dish", "price", "size", "quantity", "place_for"]));
});

it("completes inside braces alone", () => {
  expect(completionAt("Hello {{con", 11)).toEqual({ from: 8, word: "con" });
  expect(completionAt("Hello con", 9)).toBeUndefined();
  expect(completionAt("{{a}} b", 7)).toBeUndefined();
  expect(completed("Hi {{con, ok", 8, { from: 5, word: "con" }, "contact.first_name")).toEqual({ text: "Hi {{contact.first_name}}, ok", caret: 25 });
  expect(completed("Hi {{con}}!", 8, { from: 5, word: "con" }, "contact.card")).toEqual({ text: "Hi {{contact.card}}!", caret: 17 });
  expect(matching(suggestionsOf(demo("vote.yaml")), "first")[0]?.text).toBe("contact.first_name");
});

it("finds states, texts, words and comments, whatever the accents", () => {
  const flow = demo("free-meal.yaml");
  expect(find(flow, "dejeuner").map((f) => f.state)).toEqual(expect.arrayContaining(["offer", "accepted", "lapsed"]));
  expect(find(flow, "listens for a late")).toMatchObject([{ state: "lapsed" }]);
  expect(find(flow, "  ")).toEqual([]);
});

it("counts what a text takes", () => {
  expect(sizeOf("é".repeat(160))).toMatchObject({ segments: 1, coding: "GSM 03.38" });
  expect(sizeOf("a".repeat(161)).segments).toBe(2);
  expect(sizeOf("€".repeat(81)).segments).toBe(2);
  expect(sizeOf(`ô${"a".repeat(70)}`)).toEqual({ characters: 71, segments: 2, coding: "UCS-2", odd: "ô", without: 1 });
  expect(sizeOf("{{contact.first_name}}").characters).toBe(0);
});
