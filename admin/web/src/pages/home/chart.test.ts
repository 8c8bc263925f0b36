import { expect, it } from "vitest";

import { bar, height, niceMax, share, slot } from "./chart";

it.each([[0, 4], [3, 4], [5, 5], [6, 10], [11, 20], [21, 50], [51, 100], [100, 100], [101, 200], [4321, 5000]])("ends the axis of %d at %d", (max, end) => {
  expect(niceMax(max)).toBe(end);
});

it("draws the two series of a minute side by side, within its slot", () => {
  const [mo, mt] = [bar(3, 0, 5, 10), bar(3, 1, 10, 10)];
  expect(mo.height).toBe(height / 2);
  expect(mt.height).toBe(height);
  expect(mt.x).toBe(mo.x + mo.width);
  expect(mo.x).toBeGreaterThanOrEqual(3 * slot);
  expect(mt.x + mt.width).toBeLessThanOrEqual(4 * slot);
});

it("shows little beside much, and nothing for nothing", () => {
  expect(bar(0, 0, 1, 100_000).height).toBeGreaterThan(1);
  expect(bar(0, 0, 0, 10).height).toBe(0);
});

it("has no share of nothing", () => {
  expect(share(1, 4)).toBe(25);
  expect(share(0, 0)).toBeUndefined();
});
