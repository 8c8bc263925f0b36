import { expect, it } from "vitest";

import { changed, choices, fromParams, isFiltered, momentOf, queryOf, toParams, unfiltered } from "./filter";

it("offers what messages of a direction can have", () => {
  expect(choices("in").status).toEqual(["turn", "ignored", "failed"]);
  expect(choices(null).class).toHaveLength(8);
});

it("drops a state that messages of the other direction have", () => {
  const held = changed(unfiltered, { direction: "out", status: "held", class: "reply" });
  expect(changed(held, { direction: "in" })).toMatchObject({ direction: "in", status: null, class: null });
  expect(changed(held, { contains: "pizza" })).toMatchObject({ status: "held", class: "reply" });
});

it("takes phones as people write them, and waits until they are whole", () => {
  expect(queryOf({ ...unfiltered, msisdn: "+33 6 12 34 56 78" }).msisdn).toBe("33612345678");
  expect(queryOf({ ...unfiltered, msisdn: "0033612345678" }).msisdn).toBe("33612345678");
  expect(queryOf({ ...unfiltered, msisdn: "3361" }).msisdn).toBeUndefined();
  expect(queryOf({ ...unfiltered, from: "nonsense" }).from).toBeUndefined();
});

it("knows when nothing is filtered", () => {
  expect(isFiltered(unfiltered)).toBe(false);
  expect(isFiltered({ ...unfiltered, status: "held" })).toBe(true);
});

it("is kept in the address", () => {
  const filter = { ...unfiltered, msisdn: "33612345678", status: "held" };
  expect(toParams(filter)).toEqual({ msisdn: "33612345678", status: "held" });
  expect(fromParams(new URLSearchParams(toParams(filter)))).toEqual(filter);
  expect(fromParams(new URLSearchParams("nonsense=1"))).toEqual(unfiltered);
});

it("reads the moment of an id", () => {
  expect(momentOf("120561635671670784").toISOString().slice(0, 16)).toBe("2026-11-29T16:28");
});
