import { expect } from "vitest";

import { api, click, fill, navigation, openPage, shows, test, title } from "./harness";

test("an invited viewer chooses a password, and is refused what viewers may not", async ({ page, visit }) => {
  await openPage(page, "People");
  await click(page, "Invite somebody");
  const dialog = page.getByRole("dialog");
  await fill(dialog, { Name: "Vera Viewer", "E-mail": "vera@example.com" });
  await click(dialog, "Make the invitation");
  const link = await dialog.getByLabel("Link", { exact: true }).textContent();
  await page.keyboard.press("Escape");
  await shows(page, "vera@example.com");

  const { page: hers, context } = await visit();
  await hers.goto(link ?? "");
  await title(hers, "Choose a password");
  await fill(hers, { Password: "a password of her own" });
  await click(hers, "Save and sign in");
  await hers.getByRole("button", { name: "Vera Viewer" }).waitFor();
  const names = await navigation(hers).getByRole("link").allTextContents();
  expect(names).not.toContain("People");
  expect(names).not.toContain("Virtual phones");

  for (const path of ["/settings/people", "/settings/keys", "/phones"]) {
    await hers.goto(path);
    await title(hers, "Your role does not open this page");
  }
  const { get, post } = api(context);
  for (const answer of [await get("/users"), await get("/keys"), await get("/phones"), await post("/users", { name: "x", email: "x@example.com", role: "owner" })]) {
    expect(answer.status()).toBe(403);
    expect(await answer.text()).toContain("which the role viewer does not have");
  }

  await hers.goto(link ?? "");
  await fill(hers, { Password: "another password" });
  await click(hers, "Save and sign in");
  await hers.getByRole("alert").waitFor();
});

test("a person who is disabled is signed out at once", async ({ page, visit }) => {
  const { link, id } = await api(page.context()).want<{ link: string; id: string }>("post", "/users", { name: "Dan Disabled", email: "dan@example.com", role: "manager", programs: [] });
  const { page: his, context } = await visit();
  await his.goto(link);
  await fill(his, { Password: "a password of his own" });
  await click(his, "Save and sign in");
  await openPage(his, "Audit log");
  await openPage(page, "People");
  await click(page, "Actions for Dan Disabled");
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await click(page.getByRole("dialog"), "Disable");
  await shows(page, "Disabled");
  expect((await api(context).get("/session")).status()).toBe(401);
  await his.reload();
  await title(his, "Sign in");
  await api(page.context()).want("patch", `/users/${id}`, { disabled: false });
});
