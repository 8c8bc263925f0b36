import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

import { expect } from "vitest";

import { api, owner, pathsOf, settled, sizes, test, texts } from "./harness";

const root = resolve(import.meta.dirname, "../../..");
const guide = join(root, "docs/operators.md");
const shown = new Set(existsSync(guide) ? Array.from(readFileSync(guide, "utf8").matchAll(/screenshots\/([\w-]+\.png)/g), (found) => found[1]) : []);

/** Those that the guide shows stand beside it, the others are for looking at. */
const place = (file: string) => join(root, shown.has(file) ? "docs/screenshots" : ".cache/screenshots", file);

/** What phones text so that the pages have something to show. */
const story: Record<string, string[]> = {
  "33612345678": ["PIZZA", "2 reine", "1", "2", "12 rue de Lyon", "oui"],
  "33612000010": ["MENU"],
  "33612000011": ["VOL", "oui"],
  "33612000012": ["CLUB", "oui"],
  "33612000013": ["TF1", "STOP"],
  "33612000014": ["ne m’écrivez plus jamais s’il vous plaît", "VOTE lea"],
};

test("screenshots of every page", async ({ visit }) => {
  const { context, page } = await visit({ as: owner });
  rmSync(join(root, ".cache/screenshots"), { recursive: true, force: true });
  for (const folder of ["docs/screenshots", ".cache/screenshots"]) mkdirSync(join(root, folder), { recursive: true });
  for (const [number, lines] of Object.entries(story)) await texts(context, number, lines);
  await api(context).want("post", "/keys", { name: "Tills", role: "agent", programs: ["pizza-roma"] });
  await api(context).want("post", "/users", { name: "Ines Invited", email: "ines@example.com", role: "editor", programs: [] });
  const waiting = async () => (await api(context).want<{ items: unknown[] }>("get", "/handoffs")).items.length;
  await expect.poll(waiting, { timeout: 30_000 }).toBe(1);
  const paths = await pathsOf(page);
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const path of paths) {
        await page.goto(path);
        await settled(page, scheme);
        const file = `${path.slice(1).replaceAll("/", "-")}-${size}-${scheme}.png`;
        await page.screenshot({ path: place(file), fullPage: !shown.has(file) });
      }
    }
  }
}, 180_000);
