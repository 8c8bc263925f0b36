import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { expect, it } from "vitest";

import { newClient, Providers } from "../../app";
import { gateway, type Answer } from "../../testing/fetch";
import SignIn from ".";

const me = { name: "Ann", email: "ann@example.com", role: "owner", rights: ["read"], programs: [], totp: true, version: "test" };

const signedOut = { "GET /session": [[401, { detail: "nobody is signed in" }]], "GET /setup": [[200, { needed: false }]] } satisfies Record<string, Answer[]>;

function show() {
  const router = createMemoryRouter([{ path: "/signin", element: <SignIn /> }, { path: "/", element: <p>inside</p> }], { initialEntries: ["/signin"] });
  render(<Providers client={newClient()}><RouterProvider router={router} /></Providers>);
}

async function enter() {
  await userEvent.type(await screen.findByLabelText("E-mail"), "ann@example.com");
  await userEvent.type(screen.getByLabelText("Password"), "correct horse battery");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

it("asks for the second factor of those who have one", async () => {
  const calls = gateway({
    ...signedOut,
    "POST /session": [[401, { type: "urn:repartee:second-factor", detail: "enter the code of your authenticator app" }], [200, me]],
  });
  show();
  await enter();
  await userEvent.type(await screen.findByLabelText(/code/i), "123 456");
  await userEvent.click(screen.getByRole("button", { name: "Continue" }));
  expect(await screen.findByText("inside")).toBeInTheDocument();
  expect(calls.findLast((call) => call.method === "POST")?.body).toEqual({ email: "ann@example.com", password: "correct horse battery", code: "123456" });
});

it("says what is wrong, and lets try again", async () => {
  gateway({ ...signedOut, "POST /session": [[429, { detail: "too many attempts: wait a minute and try again" }]] });
  show();
  await enter();
  expect(await screen.findByText(/too many attempts/i)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Sign in" })).toBeEnabled();
});

it("leads to the provider if there is one, and says why that did not work", async () => {
  location.hash = "#problem=unknown";
  gateway({ ...signedOut, "GET /setup": [[200, { needed: false, oidc: true }]] });
  show();
  expect(await screen.findByRole("link", { name: /organisation/ })).toHaveAttribute("href", "/api/v1/session/oidc");
  expect(screen.getByRole("alert")).toHaveTextContent("Nobody has been invited");
  location.hash = "";
});
