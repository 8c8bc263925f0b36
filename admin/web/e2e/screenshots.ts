import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

import type { BrowserContext } from "playwright-core";
import { expect } from "vitest";

import { api, owner, placesOf, settled, sizes, test, texts } from "./harness";

const root = resolve(import.meta.dirname, "../../..");
const guide = join(root, "docs/operators.md");
const shown = new Set(existsSync(guide) ? Array.from(readFileSync(guide, "utf8").matchAll(/screenshots\/([\w-]+\.png)/g), (found) => found[1]) : []);

/** Those that the guide shows stand beside it, the others are for looking at. */
const folderOf = (file: string) => join(root, shown.has(file) ? "docs/screenshots" : ".cache/screenshots", file);

/** What phones text so that the pages have something to show. */
const story: Record<string, string[]> = {
  "33612345678": ["PIZZA", "2 reine", "1", "2", "12 rue de Lyon", "oui"],
  "33612000010": ["MENU 2 reine et un coca", "grande", "oui"],
  "33612000011": ["VOL", "oui"],
  "33612000012": ["CLUB", "oui"],
  "33612000013": ["TF1", "STOP"],
  "33612000014": ["ne m’écrivez plus jamais s’il vous plaît", "VOTE lea"],
};

/** seed lets something happen, and waits until all pages know. */
const seed = async (context: BrowserContext) => {
  const { get, want } = api(context);
  for (const [number, lines] of Object.entries(story)) await texts(context, number, lines);
  await want("put", "/contacts/33612345678", { first_name: "Lucie", last_name: "Martin", language: "fr", country: "FR", postcode: "69001", tags: ["club"] }, { "If-None-Match": "*" });
  await want("post", "/keys", { name: "Tills", role: "agent", programs: ["pizza-roma"] });
  await want("post", "/users", { name: "Ines Invited", email: "ines@example.com", role: "editor", programs: [] });
  await want("post", "/endpoints", { name: "CRM", url: "https://crm.example.com/sms", events: ["message.received", "order.placed"] });
  const loyalty = await get("/flows/loyalty");
  const { source } = (await loyalty.json()) as { source: string };
  await want("put", "/flows/loyalty/draft", { source: source.replace(/^title: .*$/m, "title: My points") }, { "If-Match": loyalty.headers().etag ?? "" });
  // What waits for a person and the figures come after the texts.
  await expect.poll(async () => (await want<{ items: unknown[] }>("get", "/handoffs")).items.length, { timeout: 30_000 }).toBe(1);
  await expect.poll(async () => (await want<{ hour: { delivered: number } }>("get", "/home")).hour.delivered, { timeout: 30_000 }).toBeGreaterThan(5);
};

test("screenshots of every page", async ({ visit }) => {
  const { context, page } = await visit({ as: owner });
  rmSync(join(root, ".cache/screenshots"), { recursive: true, force: true });
  for (const folder of ["docs/screenshots", ".cache/screenshots"]) mkdirSync(join(root, folder), { recursive: true });
  await seed(context);
  const places = await placesOf(page);
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    for (const { name, path, open } of places) {
      await page.goto(path);
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await settled(page, scheme);
        if (scheme === "light") await open?.(page);
        await settled(page, scheme);
        const file = `${name}-${size}-${scheme}.png`;
        await page.screenshot({ path: folderOf(file), fullPage: !shown.has(file) });
      }
    }
  }
}, 300_000);

test("screenshots of every page in French", async ({ visit }) => {
  const { page } = await visit({ as: owner, locale: "fr-FR" });
  const places = await placesOf(page);
  for (const { name, path } of places) {
    await page.goto(path);
    await settled(page, "light");
    await page.screenshot({ path: folderOf(`${name}-french.png`), fullPage: true });
  }
}, 180_000);
