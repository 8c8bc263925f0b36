import type { Page } from "playwright-core";

import { click, navigation } from "./steps";

/** Place is something to look at: a page, and perhaps what is opened on it. */
export interface Place {
  name: string;
  path: string;
  open?: (page: Page) => Promise<void>;
}

/** What is behind the pages of the navigation, or shown better than as it opens. */
const inside: Place[] = [
  { name: "conversations", path: "/conversations/36111/33612345678" },
  { name: "flow-editor", path: "/flows/pizza-order" },
  { name: "flow-canvas", path: "/flows/pizza-order?view=canvas" },
  { name: "flow-source", path: "/flows/pizza-order?view=source" },
  { name: "flow-texts", path: "/flows/pizza-order?view=texts" },
  {
    name: "flow-publish",
    path: "/flows/loyalty",
    open: async (page) => {
      await click(page, "Publish…");
      await page.getByRole("dialog").waitFor();
    },
  },
  { name: "flow-new", path: "/flows/new" },
  { name: "contact", path: "/contacts/33612345678" },
  {
    name: "message",
    path: "/messages",
    open: async (page) => {
      await page.getByRole("row").nth(1).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  { name: "keyword", path: "/keywords/36111%20pizza" },
  { name: "program", path: "/programs/programs/pizza-roma" },
  { name: "offers", path: "/settings/objects/offers" },
  { name: "carrier", path: "/settings/objects/carriers/orange-sim" },
  { name: "audit-pack", path: "/settings/audit-pack?program=pizza-roma" },
];

/** pathsOf are the pages that somebody may open: those of the navigation, and the account. */
async function pathsOf(page: Page): Promise<string[]> {
  await page.goto("/");
  const links = navigation(page).getByRole("link");
  await links.first().waitFor();
  return [...new Set(await links.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""))), "/account"];
}

/** placesOf are all pages that the navigation names, and what is inside them. */
export const placesOf = async (page: Page): Promise<Place[]> => {
  const named = (await pathsOf(page)).map((path) => ({ name: path.slice(1).replaceAll("/", "-"), path }));
  return [...named.filter(({ name }) => !inside.some((place) => place.name === name)), ...inside];
};
