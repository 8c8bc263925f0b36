import { expect } from "vitest";

import { answers, click, owner, phone, shows, test, textFrom } from "./harness";

test("a text goes over SMPP, its answer arrives, and its way is shown", async ({ page }) => {
  const handset = await phone(page, "33612000001");
  await textFrom(handset, "PIZZA");
  await answers(handset, /Votre pizza/);
  const way = page.getByRole("region", { name: "The way of the texts" });
  await shows(way, "pizza-order");
  await shows(way, "allowed");
  await shows(way, "delivered");
  await shows(way, /^\+\d+ ms$|^\+[\d.]+ sec$/);

  await click(handset, "HELP");
  await answers(handset, /Pizza Roma/);
  await click(handset, "STOP");
  await answers(handset, /ne recevrez plus/);
  await shows(way, "Opt-out");
});

test("long texts and emojis arrive whole, both ways and over each carrier", async ({ page }) => {
  const handset = await phone(page, "33612000002");
  const long = `😀 ${"Une très longue phrase que personne n’attend. ".repeat(5)}fin`;
  await textFrom(handset, long);
  await shows(handset, /· \d segments/);
  await shows(page.getByRole("region", { name: "The way of the texts" }), long);

  const american = await phone(page, "12125550177", "us-sim");
  await textFrom(american, "LUNCH");
  await answers(american, /Reply YES/);
  await textFrom(american, "yes");
  await answers(american, /Which table/);
});

test("a phone stays on the table, and can be removed", async ({ visit }) => {
  const { page } = await visit({ as: owner });
  const handset = await phone(page, "33612000003");
  await page.reload();
  await handset.waitFor();
  await click(handset, "Remove this phone");
  await handset.waitFor({ state: "detached" });
  expect(await page.getByRole("region", { name: "+33 6 12 34 56 78" }).count()).toBe(1);
});
