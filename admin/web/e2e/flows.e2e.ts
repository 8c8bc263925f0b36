import type { Page } from "playwright-core";
import { expect } from "vitest";

import { answers, api, choose, click, fill, inForce, invited, openPage, phone, shows, test, textFrom } from "./harness";

const source = (name: string, question: string) => `flow: ${name}
title: The menu of the night
class: transactional
languages: [en]
start: ask
states:
  ask:
    say: "${question}"
    replies:
      - {is: yes, go: done}
      - {is: no, end: declined}
  done: {say: "A table is kept.", end: completed}
`;

const draftOf = async (page: Page, name: string) => (await api(page.context()).want<{ source: string }>("get", `/flows/${name}`)).source;

/** write replaces the source of the open flow, and waits until it is kept. */
async function write(page: Page, name: string, text: string): Promise<void> {
  await page.getByText("Source", { exact: true }).click();
  await page.getByRole("textbox", { name: "Source" }).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
  await expect.poll(() => draftOf(page, name), { timeout: 20_000 }).toBe(text);
}

/** publish publishes the open flow. */
async function publish(page: Page): Promise<void> {
  await click(page, "Publish…");
  const dialog = page.getByRole("dialog");
  await click(dialog, "Publish");
  await dialog.waitFor({ state: "detached" });
}

test("a flow and its keyword are made from nothing, played, published, texted and rolled back", async ({ page }) => {
  await openPage(page, "Flows");
  await page.getByRole("link", { name: "New flow" }).click();
  await fill(page, { Name: "night-menu", Title: "The menu of the night" });
  await click(page, "Make the flow");
  await write(page, "night-menu", source("night-menu", "Oysters tonight? YES or NO"));
  const rehearsal = page.getByRole("complementary");
  await click(rehearsal, "Start the flow");
  await shows(rehearsal, "Oysters tonight? YES or NO");
  await rehearsal.getByRole("textbox", { name: "Text message" }).fill("yes");
  await click(rehearsal, "Send");
  await shows(rehearsal, "A table is kept.");
  await publish(page);

  await openPage(page, "Keywords");
  await page.getByRole("link", { name: "New keyword" }).first().click();
  await page.getByRole("textbox", { name: /^Word/ }).fill("OYSTER");
  await choose(page, "Program", "pizza-roma");
  await choose(page, "Flow", "night-menu");
  await click(page, "Save");
  await page.getByRole("heading", { level: 1, name: /OYSTER/ }).waitFor();
  await inForce(page.context());

  const handset = await phone(page, "33612000030");
  await textFrom(handset, "OYSTER");
  await answers(handset, "Oysters tonight? YES or NO");
  await textFrom(handset, "yes");
  await answers(handset, "A table is kept.");

  await page.goto("/flows/night-menu");
  await write(page, "night-menu", source("night-menu", "Snails tonight? YES or NO"));
  await publish(page);
  await page.getByRole("tab", { name: "Versions" }).click();
  await click(page, "Actions for version 1");
  await page.getByRole("menuitem", { name: "Publish again" }).click();
  const dialog = page.getByRole("dialog");
  await click(dialog, "Publish");
  await dialog.waitFor({ state: "detached" });
  await inForce(page.context());
  const again = await phone(page, "33612000031");
  await textFrom(again, "OYSTER");
  await answers(again, "Oysters tonight? YES or NO");
});

test("two people who edit one flow never overwrite each other unasked", async ({ page, visit }) => {
  await api(page.context()).want("put", "/flows/two-pens/draft", { source: source("two-pens", "First?") }, { "If-None-Match": "*" });
  const edith = await invited(page.context(), "Edith Editor", "editor");
  const { page: hers } = await visit({ as: edith });
  await page.goto("/flows/two-pens?view=source");
  await hers.goto("/flows/two-pens?view=source");
  await shows(hers, "First?");
  await write(page, "two-pens", source("two-pens", "Mine?"));
  await hers.getByRole("textbox", { name: "Source" }).click();
  await hers.keyboard.press("ControlOrMeta+a");
  await hers.keyboard.insertText(source("two-pens", "Hers?"));
  const dialog = hers.getByRole("dialog");
  await shows(dialog, "Somebody else has edited this flow meanwhile");
  expect(await draftOf(page, "two-pens")).toContain("Mine?");
  await click(dialog, "Keep mine over theirs");
  await expect.poll(() => draftOf(page, "two-pens")).toContain("Hers?");
});

test("a text that was not understood is counted, and made a word of an answer", async ({ page }) => {
  const handset = await phone(page, "33612000032");
  await textFrom(handset, "REPAS");
  await answers(handset, /^Bonjour, le déjeuner est pour nous/);
  await textFrom(handset, "je viens ce midi");
  await answers(handset, "Répondez OUI ou NON svp.");

  await page.goto("/flows/free-meal");
  const offer = page.getByRole("region", { name: "offer" });
  await shows(offer, /^1 text$/);
  await shows(offer, "1 here now");
  await page.getByRole("tab", { name: "Unclear" }).click();
  await click(page, "Add as a word of…");
  await page.getByRole("menuitem", { name: "yes" }).click();
  await shows(page, "Now: yes · je viens ce midi");
  await expect.poll(() => draftOf(page, "free-meal")).toContain("- {is: yes, words: [je viens ce midi], go: seated}");
  await click(page, "Try on the phone");
  await shows(page.getByRole("log"), /A quelle table/);
  await click(page, "Undo");
  await expect.poll(() => draftOf(page, "free-meal")).not.toContain("je viens ce midi");
});
