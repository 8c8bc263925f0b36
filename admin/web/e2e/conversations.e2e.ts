import { api, click, openPage, owner, shows, test, texts } from "./harness";

test("a transcript grows as its phone texts, with ticks, and tells that the phone has stopped", async ({ page }) => {
  const number = "33612000040";
  await texts(page.context(), number, ["PIZZA"]);
  await openPage(page, "Conversations");
  await page.getByRole("link", { name: /\+33 6 12 00 00 40/ }).click();
  const log = page.getByRole("log", { name: "Texts with +33 6 12 00 00 40" });
  await shows(log, /Votre pizza/);
  await log.getByRole("img", { name: "Delivered" }).first().waitFor();

  await texts(page.context(), number, ["2 reine"]);
  await shows(log, "2 reine");
  await shows(log, /quelle taille/);
  await texts(page.context(), number, ["STOP"]);
  await shows(log, /ne recevrez plus/);
  await shows(page.getByRole("heading", { level: 2, name: "+33 6 12 00 00 40" }).locator(".."), "Stopped");
});

test("what is sent while a carrier is paused waits, and goes out when it goes on", async ({ page, visit }) => {
  const number = "12125550178";
  await openPage(page, "Carriers");
  const card = page.getByRole("region", { name: "us-sim" });
  await click(card, "Pause");
  await click(page.getByRole("dialog"), "Pause");
  await shows(card, "Paused");

  await api(page.context()).want("post", `/phones/${number}/messages`, { carrier: "us-sim", short_code: "47492", text: "LUNCH" });
  const { page: desk } = await visit({ as: owner });
  await openPage(desk, "Conversations");
  await desk.getByRole("link", { name: /\+1 212 555 0178/ }).click();
  const log = desk.getByRole("log", { name: "Texts with +1 212 555 0178" });
  await shows(log, /Reply YES/);
  await log.getByRole("img", { name: "Waits to be sent" }).waitFor();

  await click(card, "Go on");
  await log.getByRole("img", { name: "Delivered" }).waitFor();
});
