import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";
import { inject, test as base } from "vitest";

import { evidence } from "./evidence";
import { owner, type Account } from "./people";

/** Visitor is somebody with a browser of her own. */
export interface Visitor {
  page: Page;
  context: BrowserContext;
}

interface Fixtures {
  chromium: Browser;
  /** visit opens a browser that knows nobody; signed in when somebody is named. */
  visit: (options?: BrowserContextOptions & { as?: Account }) => Promise<Visitor>;
  /** The owner's page, signed in. */
  page: Page;
}

/** What may be said on the console: the answers of the API that a test provokes. */
const expected = /Failed to load resource: the server responded with a status of (4\d\d|503)/;

/** test gives each test browsers of its own, and looks at what went wrong in them. */
export const test = base.extend<Fixtures>({
  chromium: [
    // eslint-disable-next-line no-empty-pattern -- Vitest reads what a fixture needs from its first argument
    async ({}, give) => {
      const browser = await chromium.connect(inject("browser"));
      await give(browser);
      await browser.close();
    },
    { scope: "file" },
  ],
  visit: async ({ chromium: browser, task }, give) => {
    const contexts: BrowserContext[] = [];
    const wrong: string[] = [];
    await give(async ({ as: account, ...options } = {}) => {
      const context = await browser.newContext({ baseURL: inject("url"), locale: "en-GB", viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
      contexts.push(context);
      context.setDefaultTimeout(30_000);
      context.on("weberror", (e) => wrong.push(`error in the page: ${e.error().message}`));
      context.on("console", (message) => {
        if (message.type() === "error" && !expected.test(message.text())) wrong.push(`on the console: ${message.text()}`);
      });
      if (account) await account.signIn(context);
      return { context, page: await context.newPage() };
    });
    if (task.result?.errors?.length || wrong.length > 0) await keepEvidence(task.name, contexts);
    await Promise.all(contexts.map((context) => context.close()));
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
  },
  page: async ({ visit }, give) => {
    const { page } = await visit({ as: owner });
    await give(page);
  },
});

/** keepEvidence saves what the browsers show and what the gateway said. */
async function keepEvidence(name: string, contexts: BrowserContext[]): Promise<void> {
  const folder = join(evidence, name.replaceAll(/[^\w]+/g, "-").slice(0, 80));
  mkdirSync(folder, { recursive: true });
  let n = 0;
  for (const page of contexts.flatMap((context) => context.pages())) await page.screenshot({ path: join(folder, `page-${String(++n)}.png`), fullPage: true }).catch(() => undefined);
  copyFileSync(inject("gatewayLog"), join(folder, "gateway.log"));
  console.error(`${name}: screenshots and the gateway's log are in ${folder}`);
}
