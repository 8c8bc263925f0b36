import { click, fill, inForce, openPage, shows, test } from "./harness";

const file = (flow: string) => `keywords:
  - {short_code: "36111", word: MINUIT, program: pizza-roma, flow: ${flow}}
`;

test("a file is checked, refused with the line, corrected and applied; a text then gets what it says", async ({ page }) => {
  await openPage(page, "Configuration");
  await fill(page, { File: file("nowhere") });
  await click(page, "Check");
  await shows(page, "One problem");
  await shows(page, /nowhere/);
  await page.getByRole("button", { name: "Line 2" }).click();

  await fill(page, { File: file("quiz") });
  await click(page, "Check");
  await shows(page, "What would change");
  await click(page, "Apply");
  await click(page.getByRole("dialog"), "Apply");
  await shows(page, "What has changed");
  await inForce(page.context());

  await openPage(page, "Keywords");
  const box = page.getByRole("region", { name: "What would a phone get?" });
  const tried = async (text: string) => {
    await fill(box, { Text: text });
    await click(box, "Try");
  };
  await tried("s’il vous plaît arrêtez de m’écrire");
  await shows(box, "An opt-out");
  await tried("minuit");
  await box.getByRole("link", { name: "quiz" }).waitFor();
});

test("an endpoint in a private network is refused with the reason, by its number and by its name", async ({ page }) => {
  await openPage(page, "Event endpoints");
  await click(page, "Add an endpoint");
  const dialog = page.getByRole("dialog");
  await fill(dialog, { Name: "Inside", Address: "https://10.0.0.1/sms" });
  await click(dialog, "Add an endpoint");
  await shows(dialog, /private network, which the endpoint does not allow/);

  await fill(dialog, { Address: "https://localhost:9/sms" });
  await click(dialog, "Add an endpoint");
  await click(dialog, "Done");
  await click(page, "Send a test");
  await shows(page, /private network/);
});
