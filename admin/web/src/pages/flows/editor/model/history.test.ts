import { expect, it } from "vitest";

import { begun, edited, redone, undone } from "./history";

it("takes back and does again, as far as it goes", () => {
  let h = edited(edited(begun("a"), "b", 0), "c", 10);
  h = undone(undone(undone(h)));
  expect(h.present).toBe("a");
  h = redone(redone(redone(h)));
  expect(h.present).toBe("c");
  expect(edited(undone(h), "d", 20).future).toEqual([]);
});

it("takes typing in one place back at once, until it pauses or moves", () => {
  const typed = edited(edited(edited(begun(""), "x", 1, "text"), "xy", 500, "text"), "xyz", 900, "text");
  expect(undone(typed).present).toBe("");
  expect(undone(edited(typed, "xyz!", 5000, "text")).present).toBe("xyz");
  expect(undone(edited(typed, "xyz!", 1000, "other")).present).toBe("xyz");
  expect(undone(edited(undone(typed), "q", 901, "text")).present).toBe("");
});

it("is the same when nothing changes", () => {
  const h = begun("a");
  expect(edited(h, "a", 1)).toBe(h);
  expect(undone(h)).toBe(h);
  expect(redone(h)).toBe(h);
});
