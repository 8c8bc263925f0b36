import { expect } from "vitest";

import { api, click, fill, invited, owner, shows, signIn, test, title, totp } from "./harness";

test("a wrong password says so, the right one leads back to where one wanted to go", async ({ visit }) => {
  const { context } = await visit({ as: owner });
  const bea = await invited(context, "Bea Back", "manager");
  const { page } = await visit();
  await page.goto("/settings/audit");
  await title(page, "Sign in");
  await fill(page, { "E-mail": bea.email, Password: "not this one at all" });
  await click(page, "Sign in");
  await page.getByRole("alert").waitFor();
  await fill(page, { Password: bea.password });
  await click(page, "Sign in");
  await title(page, "Audit log");
  await page.getByRole("button", { name: bea.name }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await title(page, "Sign in");
  expect((await api(page.context()).get("/session")).status()).toBe(401);
});

test("with a second factor signing in asks for a code, and takes a recovery code once", async ({ visit }) => {
  const { context } = await visit({ as: owner });
  const tim = await invited(context, "Tim Twofactor", "viewer");
  const { page } = await visit({ as: tim });
  await page.goto("/account");
  await click(page, "Set it up");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("img", { name: "QR code of the secret" }).waitFor();
  const secret = (await dialog.getByLabel("Secret").textContent()) ?? "";
  await fill(dialog, { "The code that the app shows now": totp(secret) });
  await click(dialog, "Begin to use it");
  await shows(dialog, "Each of them replaces the app once");
  const recovery = (await dialog.locator("code").first().textContent())?.trim() ?? "";
  await click(dialog, "I have kept them");
  await shows(page, "In use: signing in asks for a code");

  const { page: code } = await visit();
  await signIn(code, tim);
  await title(code, "Second factor");
  await fill(code, { Code: "000000" });
  await click(code, "Continue");
  await shows(code, /this code is not good/i);
  await fill(code, { Code: totp(secret, 1) }); // the present one was used to begin
  await click(code, "Continue");
  await code.getByRole("button", { name: tim.name }).waitFor();

  const { page: lost } = await visit();
  await signIn(lost, tim);
  await fill(lost, { Code: recovery });
  await click(lost, "Continue");
  await lost.getByRole("button", { name: tim.name }).waitFor();

  const { page: again } = await visit();
  await signIn(again, tim);
  await fill(again, { Code: recovery });
  await click(again, "Continue");
  await shows(again, /this code is not good/i);
});
