import { expect, it } from "vitest";

import type { Me, Right } from "../api/types";
import { pages, pagesFor, startOf } from "./pages";

const somebody = (...rights: Right[]): Me => ({ name: "Ann", email: "ann@example.com", role: "owner", rights, programs: [], totp: false, version: "test" });

it("shows the pages that somebody may open, and begins at the first", () => {
  const everything: Right[] = ["read", "see-phones", "edit", "answer", "send", "change-people", "operate", "audit", "administer"];
  expect(pagesFor(somebody(...everything))).toHaveLength(pages.length);
  const some = pagesFor(somebody("audit"));
  expect(some.map((p) => p.path)).toEqual(pages.filter((p) => p.right === "audit").map((p) => p.path));
  expect(startOf(somebody("audit"))).toBe(some[0]?.path);
  expect(startOf(somebody())).toBe("/account");
});

it("has a title in each language for each page", () => {
  for (const page of pages) {
    expect(page.title.en).not.toBe("");
    expect(page.title.fr).not.toBe("");
  }
});
