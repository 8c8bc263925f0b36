import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";

import { owner, phone, placesOf, settled, sizes, test, textFrom, title } from "./harness";

declare global {
  interface Window {
    axe: { run: (options: object) => Promise<AxeResults> };
  }
}

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

/** violations are what axe finds, with the places. What the browser does not lay out before it is seen is laid out for it. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    for (const e of document.querySelectorAll<HTMLElement>("article, section, li")) if (getComputedStyle(e).contentVisibility === "auto") e.style.contentVisibility = "visible";
  });
  await page.evaluate(source);
  const { violations: found } = await page.evaluate((values) => window.axe.run({ runOnly: { type: "tag", values }, resultTypes: ["violations"] }), rules);
  return found.flatMap((v) => v.nodes.map((node) => `${v.id} (${v.help}): ${node.html.slice(0, 160)} — ${node.failureSummary ?? ""}`));
}

describe("axe finds nothing", () => {
  test("on the pages of those who are not signed in", async ({ visit }) => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await visit({ colorScheme, viewport: sizes.phone });
      for (const [path, name] of [["/signin", "Sign in"], ["/link#rl_x", "Choose a password"], ["/setup#rl_x", "Welcome"]] as const) {
        await page.goto(path);
        await title(page, name);
        await settled(page, colorScheme);
        expect(await violations(page), `${path}, ${colorScheme}`).toEqual([]);
      }
    }
  });

  test("on any page, wide and narrow, light and dark", async ({ visit, page: first }) => {
    await textFrom(await phone(first, "33612345678"), "PIZZA");
    const { page } = await visit({ as: owner });
    for (const { name, path, open } of await placesOf(first)) {
      await page.setViewportSize(sizes.desktop);
      await page.goto(path);
      await open?.(page);
      for (const [size, viewport] of Object.entries(sizes)) {
        await page.setViewportSize(viewport);
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          await settled(page, colorScheme);
          expect.soft(await violations(page), `${name}, ${size}, ${colorScheme}`).toEqual([]);
        }
        expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), `${name} is as wide as the window`).toBeLessThanOrEqual(viewport.width);
        expect.soft(await page.getByRole("heading", { level: 1, includeHidden: true }).count(), `${name} has one title`).toBe(1);
      }
    }
  }, 240_000);
});
