import { expect } from "vitest";

import { api, click, fill, invited, shows, test } from "./harness";

test("two people who change one contact never overwrite each other", async ({ page, visit }) => {
  await api(page.context()).want("put", "/contacts/33612000041", { first_name: "Lucie" }, { "If-None-Match": "*" });
  const mona = await invited(page.context(), "Mona Manager", "manager");
  const { page: hers } = await visit({ as: mona });
  const lastName = hers.getByLabel("Last name", { exact: true });
  await page.goto("/contacts/33612000041");
  await hers.goto("/contacts/33612000041");
  await lastName.fill("Durand");
  await fill(page, { "Last name": "Martin" });
  await click(page, "Save");
  await page.getByRole("heading", { level: 1, name: "Lucie Martin" }).waitFor();

  await click(hers, "Save");
  await shows(hers, "Somebody else has changed this contact meanwhile");
  await click(hers, "Load their version");
  await expect.poll(() => lastName.inputValue()).toBe("Martin");
  await lastName.fill("Durand");
  await click(hers, "Save");
  await hers.getByRole("heading", { level: 1, name: "Lucie Durand" }).waitFor();
});
