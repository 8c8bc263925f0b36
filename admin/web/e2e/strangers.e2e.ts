import { expect } from "vitest";

import { api, navigation, openPage, owner, phone, shows, test, textFrom } from "./harness";

const hostile = `<img src=x onerror="window.hit=1"><script>window.hit=1</script>{{7*7}}`;

// The fixtures fail a test when the page reports an error or the browser a
// violation of the content security policy: what is hostile must not even try.
test("what strangers write is shown as they wrote it, and nothing of it runs", async ({ visit }) => {
  const { page, context } = await visit({ as: owner });
  const { want } = api(context);
  await want("post", "/users", { name: hostile, email: "mallory@example.com", role: "viewer", programs: [] });
  await want("post", "/keys", { name: hostile.slice(0, 60), role: "viewer", programs: [] });
  const handset = await phone(page, "33612000004");
  await textFrom(handset, hostile);
  await shows(page.getByRole("region", { name: "The way of the texts" }), hostile);
  await openPage(page, "People");
  await shows(page, hostile);

  for (const name of await navigation(page).getByRole("link").allTextContents()) {
    await openPage(page, name);
    await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => undefined); // pages that keep looking never rest
    expect(await page.evaluate(() => "hit" in window), name).toBe(false);
  }
});
