import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { expect, it } from "vitest";

import { newClient, Providers } from "../../app";
import { sessionQuery } from "../../api/session";
import { gateway, type Answer } from "../../testing/fetch";
import Handoffs from ".";

const me = { name: "Ann", email: "ann@example.com", role: "agent", rights: ["read", "see-phones", "answer"], programs: [], totp: false, version: "test" };
const waiting = { conversation: "7", short_code: "36111", msisdn: "33612345678", program: "pizza-roma", group: "care", since: "2026-11-29T12:00:00Z" };
const lines = [{ at: "2026-11-29T11:59:00Z", phone: false, text: "Désolés. OUI/NON" }, { at: "2026-11-29T12:00:00Z", phone: true, text: "oui <b>vite</b>" }];
const programs = { items: [{ key: "pizza-roma", etag: "x", object: { name: "pizza-roma", brand: "Roma", canned: [{ title: "Late", text: "Ten minutes more." }] } }] };

const routes = (more: Record<string, Answer[]>): Record<string, Answer[]> => ({
  "GET /handoffs": [[200, { items: [waiting] }]],
  "GET /handoffs/7": [[200, { ...waiting, lines }]],
  "GET /objects/programs": [[200, programs]],
  ...more,
});

async function show() {
  const client = newClient();
  client.setQueryData(sessionQuery.queryKey, me);
  const router = createMemoryRouter([{ path: "/handoffs/*", element: <Handoffs /> }], { initialEntries: ["/handoffs/7"] });
  render(<Providers client={client}><RouterProvider router={router} /></Providers>);
  await screen.findByText("oui <b>vite</b>");
}

it("sends an answer, and says who has the conversation when somebody was quicker", async () => {
  const talk: Answer[] = [[200, { ...waiting, lines }]];
  const calls = gateway(routes({
    "GET /handoffs/7": talk,
    "POST /handoffs/7/answer": [[409, { detail: "bob@example.com answers conversation 7" }]],
  }));
  await show();
  await userEvent.click(screen.getByLabelText("Your answer"));
  await userEvent.paste("Hello");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  talk[0] = [200, { ...waiting, lines, by: "bob@example.com" }];
  expect(await screen.findByText("bob@example.com answers this conversation", undefined, { timeout: 10_000 })).toBeInTheDocument();
  expect(calls.find((call) => call.method === "POST")?.body).toEqual({ text: "Hello" });
  expect(screen.getByLabelText("Your answer")).toHaveValue("Hello");
  expect(screen.getByRole("button", { name: "Send" })).toBeDisabled();
});

it("shows an answer at once, and counts what it takes", async () => {
  gateway(routes({ "POST /handoffs/7/answer": [[204]] }));
  await show();
  await userEvent.click(await screen.findByRole("button", { name: "Canned answers" }));
  await userEvent.click(await screen.findByText("Late"));
  expect(screen.getByText("GSM · 143 left · 1 SMS")).toBeInTheDocument();
  await userEvent.click(screen.getByLabelText("Your answer"));
  await userEvent.paste(" Prêt");
  expect(screen.getByText(/“ê” is not in the SMS alphabet/)).toBeInTheDocument();
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText("Ten minutes more. Prêt", { selector: "div" })).toBeInTheDocument();
  expect(screen.getByLabelText("Your answer")).toHaveValue("");
});
