import { gzipSync } from "node:zlib";

import { expect, inject } from "vitest";

import { click, fill, owner, shows, test, title } from "./harness";

/** What the scripts of the first page may weigh, compressed. */
const firstLoad = 300_000;

test("the link of the first run makes the owner, once, and little is loaded for it", async ({ visit }) => {
  const { page } = await visit();
  const scripts = new Set<string>();
  page.on("request", (request) => {
    if (request.resourceType() === "script") scripts.add(request.url());
  });
  await page.goto("/");
  await shows(page, "Nobody owns this gateway yet.");

  await page.goto(inject("ownerLink"));
  await fill(page, { Name: owner.name, "E-mail": owner.email, Password: "short" });
  await click(page, "Create the account");
  await shows(page, "At least 12 characters.");
  await fill(page, { Password: owner.password });
  await click(page, "Create the account");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.getByRole("button", { name: owner.name }).waitFor();
  expect(new URL(page.url()).hash, "the link is not left in the address").toBe("");
  const weights = await Promise.all([...scripts].map(async (script) => gzipSync(new Uint8Array(await (await fetch(script)).arrayBuffer())).length));
  expect(weights.reduce((sum, weight) => sum + weight, 0), "gzip size of the scripts of the first pages").toBeLessThan(firstLoad);

  const { page: second } = await visit();
  await second.goto(inject("ownerLink"));
  await shows(second, "There is an owner already.");
  await second.getByRole("link", { name: "Sign in" }).click();
  await title(second, "Sign in");
});
