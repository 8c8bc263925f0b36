import type { BrowserContext, Cookie } from "playwright-core";
import { inject } from "vitest";

import { api } from "./api";

/** Account is somebody who can sign in. */
export interface Account {
  name: string;
  email: string;
  password: string;
  /** signIn signs her in without the page for it. */
  signIn: (context: BrowserContext) => Promise<void>;
}

const password = "correct horse battery staple";

/** account is somebody who signs in once in each file of tests; missing makes her when there is nobody of that name yet. */
function account(name: string, email: string, missing?: (context: BrowserContext) => Promise<void>): Account {
  let cookies: Cookie[] | undefined;
  const signIn = async (context: BrowserContext) => {
    if (cookies) {
      await context.addCookies(cookies);
      return;
    }
    const answer = await api(context).post("/session", { email, password });
    if (!answer.ok() && missing) await missing(context);
    else if (!answer.ok()) throw new Error(`${email} cannot sign in: ${await answer.text()}`);
    cookies = await context.cookies();
  };
  return { name, email, password, signIn };
}

/** The first owner: of the first test, or when that does not run of whichever is the first to ask. */
export const owner: Account = account("Olga Owner", "olga@example.com", async (context) => {
  const { name, email } = owner;
  const token = new URL(inject("ownerLink")).hash.slice(1);
  const made = await api(context).post("/setup", { token, name, email, password });
  if (!made.ok()) await api(context).want("post", "/session", { email, password });
});

/** invited makes an account by the API, with an owner's browser, and takes it up. */
export async function invited(by: BrowserContext, name: string, role: string, programs: string[] = []): Promise<Account> {
  const email = `${name.toLowerCase().replaceAll(/[^a-z]+/g, ".")}@example.com`;
  const { link } = await api(by).want<{ link: string }>("post", "/users", { name, email, role, programs });
  await api(by).alone("post", "/links", { token: new URL(link).hash.slice(1), password });
  return account(name, email);
}
