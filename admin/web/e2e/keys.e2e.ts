import { expect, inject } from "vitest";

import { click, fill, openPage, shows, test } from "./harness";

test("a key is shown once, works, and no longer when it is revoked", async ({ page }) => {
  await openPage(page, "API keys");
  await click(page, "Make a key");
  const dialog = page.getByRole("dialog");
  await fill(dialog, { "Who uses it": "Till 4" });
  await click(dialog, "Make a key");
  const key = (await dialog.getByLabel("Key", { exact: true }).textContent()) ?? "";
  const ask = () => fetch(`${inject("url")}/api/v1/session`, { headers: { Authorization: `Bearer ${key}` } });
  expect((await ask()).status).toBe(200);
  await page.keyboard.press("Escape");
  await shows(page, "Till 4");
  expect(await page.content()).not.toContain(key);
  await page.getByRole("row").filter({ hasText: "Till 4" }).getByRole("button", { name: "Revoke" }).click();
  await click(page.getByRole("dialog"), "Revoke");
  await shows(page, "Revoked");
  expect((await ask()).status).toBe(401);
  await openPage(page, "Audit log");
  await shows(page, /Till 4/);
});
