import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Page } from "playwright-core";
import { expect } from "vitest";

import { api, click, owner, pathsOf, settled, sizes, test, texts } from "./harness";

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

/** Shot is something to look at: a page, and perhaps what is opened on it. */
interface Shot {
  name: string;
  path: string;
  open?: (page: Page) => Promise<void>;
}

/** What is behind the pages of the navigation, or shown better than as it opens. */
const inside: Shot[] = [
  { name: "conversations", path: "/conversations/36111/33612345678" },
  { name: "flow-editor", path: "/flows/pizza-order" },
  { name: "flow-canvas", path: "/flows/pizza-order?view=canvas" },
  { name: "flow-source", path: "/flows/pizza-order?view=source" },
  { name: "flow-texts", path: "/flows/pizza-order?view=texts" },
  {
    name: "flow-publish",
    path: "/flows/pizza-order",
    open: async (page) => {
      await click(page, "Publish…");
      await page.getByRole("dialog").waitFor();
    },
  },
  { name: "flow-new", path: "/flows/new" },
  { name: "contact", path: "/contacts/33612345678" },
  {
    name: "message",
    path: "/messages",
    open: async (page) => {
      await page.getByRole("row").nth(1).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  { name: "keyword", path: "/keywords/36111%20pizza" },
  { name: "program", path: "/programs/programs/pizza-roma" },
  { name: "offers", path: "/settings/objects/offers" },
  { name: "carrier", path: "/settings/objects/carriers/orange-sim" },
  { name: "audit-pack", path: "/settings/audit-pack?program=pizza-roma" },
];

const seed = async (context: Parameters<typeof api>[0]) => {
  const { want } = api(context);
  for (const [number, lines] of Object.entries(story)) await texts(context, number, lines);
  await want("put", "/contacts/33612345678", { first_name: "Lucie", last_name: "Martin", language: "fr", country: "FR", postcode: "69001", tags: ["club"] }, { "If-None-Match": "*" });
  await want("post", "/keys", { name: "Tills", role: "agent", programs: ["pizza-roma"] });
  await want("post", "/users", { name: "Ines Invited", email: "ines@example.com", role: "editor", programs: [] });
  await want("post", "/endpoints", { name: "CRM", url: "https://crm.example.com/sms", events: ["message.received", "order.placed"] });
  // The kitchen's queue and the figures come after the texts.
  await expect.poll(async () => (await want<{ items: unknown[] }>("get", "/handoffs")).items.length, { timeout: 30_000 }).toBe(1);
  await expect.poll(async () => (await want<{ hour: { delivered: number } }>("get", "/home")).hour.delivered, { timeout: 30_000 }).toBeGreaterThan(5);
};

/** shotsOf are all pages that the navigation names, and what is inside them. */
const shotsOf = async (page: Page): Promise<Shot[]> => {
  const named = (await pathsOf(page)).map((path) => ({ name: path.slice(1).replaceAll("/", "-"), path }));
  return [...named.filter(({ name }) => !inside.some((shot) => shot.name === name)), ...inside];
};

test("screenshots of every page", async ({ visit }) => {
  const { context, page } = await visit({ as: owner });
  rmSync(join(root, ".cache/screenshots"), { recursive: true, force: true });
  for (const folder of ["docs/screenshots", ".cache/screenshots"]) mkdirSync(join(root, folder), { recursive: true });
  await seed(context);
  const shots = await shotsOf(page);
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    for (const { name, path, open } of shots) {
      await page.goto(path);
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await settled(page, scheme);
        if (scheme === "light") await open?.(page);
        await settled(page, scheme);
        const file = `${name}-${size}-${scheme}.png`;
        await page.screenshot({ path: place(file), fullPage: !shown.has(file) });
      }
    }
  }
}, 300_000);

test("screenshots of every page in French", async ({ visit }) => {
  const { page } = await visit({ as: owner, locale: "fr-FR" });
  const shots = await shotsOf(page);
  for (const { name, path } of shots) {
    await page.goto(path);
    await settled(page, "light");
    await page.screenshot({ path: place(`${name}-french.png`), fullPage: true });
  }
}, 180_000);
