import type { Page } from "playwright-core";
import { expect } from "vitest";

import { openPage, owner, test, title } from "./harness";

const scheme = (page: Page) => page.evaluate(() => document.documentElement.getAttribute("data-mantine-color-scheme"));

test("the UI speaks the language that is chosen, and keeps it", async ({ page }) => {
  await openPage(page, "API keys");
  await page.getByRole("button", { name: owner.name }).click();
  await page.getByRole("menuitem", { name: "Français" }).click();
  await title(page, "Clés d’API");
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("fr");
  await page.reload();
  await title(page, "Clés d’API");
});

test("the UI speaks the browser's language at first", async ({ visit }) => {
  const { page } = await visit({ locale: "fr-FR" });
  await page.goto("/signin");
  await title(page, "Connexion");
});

test("light and dark are as the system has it, or as chosen", async ({ visit }) => {
  const { page } = await visit({ as: owner, colorScheme: "dark" });
  await page.goto("/settings/keys");
  await title(page, "API keys");
  expect(await scheme(page)).toBe("dark");
  await page.getByRole("button", { name: owner.name }).click();
  await page.getByRole("menuitem", { name: "Light" }).click();
  await expect.poll(() => scheme(page)).toBe("light");
  await page.reload();
  await title(page, "API keys");
  expect(await scheme(page)).toBe("light");
});

test("signing in and opening a page needs the keyboard alone", async ({ visit }) => {
  const { page } = await visit();
  await page.goto("/signin");
  await title(page, "Sign in");
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.getAttribute("type") || "");
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 30; presses++) {
      if ((await focused()) === name) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`the key Tab does not reach ${name}`);
  };
  await expect.poll(focused).toBe("email");
  await page.keyboard.type(owner.email);
  await tabTo("password");
  await page.keyboard.type(owner.password);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: owner.name }).waitFor();
  await tabTo("API keys");
  await page.keyboard.press("Enter");
  await title(page, "API keys");
  await tabTo("Make a key");
  await page.keyboard.press("Enter");
  const name = page.getByRole("dialog").getByLabel("Who uses it");
  await name.waitFor();
  await expect.poll(() => name.evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await expect.poll(focused).toBe("Make a key");
});

test("nothing is beside the screen of a phone", async ({ visit }) => {
  const { page } = await visit({ as: owner, viewport: { width: 390, height: 844 } });
  await page.goto("/settings/people");
  await title(page, "People");
  await page.getByRole("button", { name: "Open the menu" }).click();
  await page.getByRole("link", { name: "Audit log" }).click();
  await title(page, "Audit log");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
