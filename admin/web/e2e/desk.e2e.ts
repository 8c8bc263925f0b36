import { expect } from "vitest";

import { answers, api, click, downloaded, fill, invited, openPage, phone, shows, test, textFrom, texts } from "./harness";

test("STOP is on the suppression list at once, and the page of consents tells how", async ({ page }) => {
  const handset = await phone(page, "33612000020");
  await textFrom(handset, "TF1");
  await answers(handset, /R-/);
  await click(handset, "STOP");
  await answers(handset, /ne recevrez plus/);
  await openPage(page, "Consent");
  await fill(page, { "Phone number": "+33 6 12 00 00 20" });
  await click(page, "Look up");
  await page.getByRole("heading", { level: 2, name: "+33 6 12 00 00 20" }).waitFor();
  await shows(page, /stopped|opted out/i);
  const { items } = await api(page.context()).want<{ items: { msisdn?: string }[] }>("get", "/suppressions");
  expect(items.map((entry) => entry.msisdn)).toContain("33612000020");
});

test("a refusal in own words comes into the tray, and undoing it lets messages through again", async ({ page }) => {
  await texts(page.context(), "33612000021", ["PIZZA", "arrêtez de m’envoyer ces messages"]);
  await openPage(page, "Review tray");
  const card = page.getByRole("article").filter({ hasText: "+33 6 12 00 00 21" });
  await shows(card, "arrêtez de m’envoyer ces messages");
  await card.getByRole("button", { name: /^Undo/ }).click();
  const dialog = page.getByRole("dialog");
  await fill(dialog, { Reason: "meant another list" });
  await click(dialog, "Undo");
  await card.waitFor({ state: "detached" });
  const handset = await phone(page, "33612000021");
  await textFrom(handset, "PIZZA");
  await answers(handset, /Votre pizza/);
});

test("an agent answers a conversation that was handed over, and hands it back", async ({ page, visit }) => {
  const agent = await invited(page.context(), "Ada Agent", "agent");
  const handset = await phone(page, "33612000022");
  await textFrom(handset, "VOL");
  await answers(handset, /Un autre vol/);
  await textFrom(handset, "oui");
  await answers(handset, "Un agent vous répond.");

  const { page: desk } = await visit({ as: agent });
  await openPage(desk, "Hand-offs");
  await desk.getByRole("link", { name: /\+33 6 12 00 00 22/ }).click();
  await fill(desk, { "Your answer": "Bonjour, je vous mets sur le vol de 20h." });
  await click(desk, "Send");
  await answers(handset, "Bonjour, je vous mets sur le vol de 20h.");
  await textFrom(handset, "Parfait, merci 🙂");
  await shows(desk, "Parfait, merci 🙂");
  await click(desk, "Hand back");
  await click(desk.getByRole("dialog"), "Hand back");
  await answers(handset, "Bon voyage !");
});

test("10,000 suppressions are imported, and the bad rows come back with their reasons", async ({ page }) => {
  const rows = Array.from({ length: 10_000 }, (_, i) => (i % 1000 === 7 ? `not a phone ${String(i)}` : `336991${String(i).padStart(5, "0")}`));
  await openPage(page, "Consent");
  const card = page.locator(".mantine-Card-root").filter({ hasText: "Suppression list" });
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), card.getByLabel("CSV file").click()]);
  await chooser.setFiles({ name: "stop-list.csv", mimeType: "text/csv", buffer: Buffer.from(["msisdn", ...rows].join("\n")) });
  await card.getByRole("button", { name: /^Import/ }).click();
  await shows(card, "Report of stop-list.csv");
  await shows(card, "9,990");
  const bad = (await downloaded(page, () => click(card, "Download the bad rows"))).trim().split(/\r?\n/);
  expect(bad).toHaveLength(11);
  expect(bad.join("\n")).toContain("not a phone 7");
});
