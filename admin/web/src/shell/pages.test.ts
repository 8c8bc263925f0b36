import { expect, it } from "vitest";

import type { Me, Right } from "../api/types";
import { pages, pagesFor, startOf } from "./pages";

const somebody = (...rights: Right[]): Me => ({ name: "Ann", email: "ann@example.com", role: "owner", rights, programs: [], totp: false, version: "test" });

it("shows the pages that somebody may open, and begins at the first", () => {
  expect(pagesFor({ ...somebody(...pages.map((p) => p.right)), demo: true })).toEqual(pages);
  const audits = pagesFor(somebody("audit"));
  expect(audits.length).toBeGreaterThan(0);
  expect(audits.every((p) => p.right === "audit")).toBe(true);
  expect(startOf(somebody("audit"))).toBe(audits[0]?.path);
  expect(startOf(somebody("read", "audit"))).toBe("/home");
  expect(startOf(somebody())).toBe("/account");
});

it("shows what is for the demo there alone, to those who may see all programs", () => {
  const manager = somebody("read", "send");
  const paths = (me: Me) => pagesFor(me).map((p) => p.path);
  expect(paths(manager)).not.toContain("/phones");
  expect(paths({ ...manager, demo: true })).toContain("/phones");
  expect(paths({ ...manager, demo: true, programs: ["pizza-roma"] })).not.toContain("/phones");
});

it("has a title in each language for each page", () => {
  for (const page of pages) {
    expect(page.title.en).not.toBe("");
    expect(page.title.fr).not.toBe("");
  }
});
