import { randomUUID } from "node:crypto";

import type { BrowserContext, Locator, Page } from "playwright-core";
import { expect } from "vitest";

import { api } from "./api";

/** shows waits until something is seen. */
export const shows = (place: Page | Locator, text: string | RegExp): Promise<void> => place.getByText(text).filter({ visible: true }).first().waitFor();

/** title waits for the page with this title. */
export const title = (page: Page, name: string | RegExp): Promise<void> => page.getByRole("heading", { level: 1, name }).waitFor();

/** navigation is the part of the page that leads to the others. */
export const navigation = (page: Page): Locator => page.getByRole("navigation");

/** The windows in which pages are looked at. */
export const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

/** settled waits until a page reads nothing any more, in this scheme. */
export const settled = (page: Page, scheme: "light" | "dark") =>
  page.waitForFunction(
    (wanted) =>
      document.documentElement.getAttribute("data-mantine-color-scheme") === wanted &&
      document.querySelector("h1") && !document.querySelector("[aria-busy=true], [role=progressbar]"),
    scheme,
  );

/** openPage opens a page by its name in the navigation. */
export async function openPage(page: Page, name: string): Promise<void> {
  if (page.url() === "about:blank") await page.goto("/");
  await navigation(page).getByRole("link", { name, exact: true }).click();
  await title(page, name);
}

/** fill fills in fields by their labels. */
export async function fill(place: Page | Locator, fields: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) await place.getByLabel(label, { exact: true }).fill(value);
}

export const click = (place: Page | Locator, button: string): Promise<void> => place.getByRole("button", { name: button, exact: true }).click();

/** choose opens a list of choices and takes one. */
export async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: label }).or(page.getByRole("textbox", { name: label })).first().click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

/** signIn signs somebody in on the page for it. */
export async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.goto("/signin");
  await fill(page, { "E-mail": email, Password: password });
  await click(page, "Sign in");
}

/** phoneText is how the UI writes the numbers of the tests' phones. */
const written = (number: string): string => {
  const [country, rest] = number.startsWith("33") ? ["33", number.slice(2)] : ["1", number.slice(1)];
  return country === "33" ? `+33 ${rest.replace(/(\d)(?=(\d\d)+$)/g, "$1 ")}` : `+1 ${rest.slice(0, 3)} ${rest.slice(3, 6)} ${rest.slice(6)}`;
};

/** phone is a virtual phone on the page of the virtual phones; it is put on the table when it is not there. */
export async function phone(page: Page, number: string, carrier = "orange-sim"): Promise<Locator> {
  await openPage(page, "Virtual phones");
  const handset = page.getByRole("region", { name: written(number) });
  await page.getByRole("button", { name: "Add a phone" }).first().waitFor();
  if ((await handset.count()) === 0) {
    await click(page, "Add a phone");
    const form = page.getByRole("dialog");
    if (carrier !== "orange-sim") await choose(page, "Carrier", carrier);
    await fill(form, { Number: number });
    await click(form, "Add a phone");
  }
  await handset.waitFor();
  return handset;
}

/** textFrom lets a virtual phone text. */
export async function textFrom(handset: Locator, text: string): Promise<void> {
  const field = handset.getByRole("textbox");
  await field.fill(text);
  await field.press("Enter");
  await handset.getByRole("log").getByText(text, { exact: true }).last().waitFor();
}

/** answers waits for a text that a virtual phone receives. */
export const answers = (handset: Locator, text: string | RegExp): Promise<void> => handset.getByRole("log").getByText(text).last().waitFor();

/** texts lets a phone text one line after another without looking, with the owner's browser. */
export async function texts(context: BrowserContext, number: string, lines: string[], carrier = "orange-sim", code = "36111"): Promise<void> {
  for (const text of lines) await api(context).want("post", `/phones/${number}/messages`, { carrier, short_code: code, text });
}

/**
 * inForce waits until texts meet all that was changed before: the gateway looks
 * for changes each second, and takes them in their order. A word that comes last
 * tells.
 */
export async function inForce(context: BrowserContext): Promise<void> {
  const { want } = api(context);
  const word = randomUUID().replaceAll(/\W|\d/g, "").toUpperCase();
  const path = `/objects/keywords/${encodeURIComponent(`36111 ${word.toLowerCase()}`)}`;
  await want("put", path, [{ short_code: "36111", word, program: "pizza-roma", flow: "pizza-order" }], { "If-None-Match": "*" });
  await expect.poll(async () => (await want<{ route: string }>("get", `/explain/inbound?short_code=36111&text=${word}`)).route, { timeout: 10_000 }).toBe("pizza-order");
  const { etag } = await want<{ etag: string }>("get", path);
  await want("delete", path, undefined, { "If-Match": etag });
}

/** downloaded is the text of the file that something gives. */
export async function downloaded(page: Page, ask: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent("download"), ask()]);
  const parts: Buffer[] = [];
  for await (const part of await download.createReadStream()) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
