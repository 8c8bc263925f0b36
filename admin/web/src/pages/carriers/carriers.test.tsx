import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { gateway, type Answer } from "../../testing/fetch";
import { showPage } from "../../testing/page";
import Carriers from ".";

const carrier = {
  name: "orange", addr: "smpp.example:2775", system_id: "shop", throughput: 100, pace: 40, paused: false, bound: false, lanes: 3, submitted: 10, delivered: 4, unanswered: 1,
  binds: [{ role: "trx", slot: 0, state: "waiting", window: 10, used: 0, last_error: "the carrier refused: ESME_RINVPASWD", next_attempt: "2026-11-29T10:00:00Z" }],
  responses: [{ label: "ESME_RTHROTTLED", n: 7 }],
};
const routes = {
  "GET /carriers": [[200, { items: [carrier] }]],
  "GET /objects/short_codes": [[200, { items: [{ key: "36111", etag: "x", object: { number: "36111", program: "pizza" } }] }]],
  "GET /objects/programs": [[200, { items: [{ key: "pizza", etag: "x", object: { name: "pizza" } }] }]],
} satisfies Record<string, Answer[]>;

it("says why a carrier is not bound, and what it answers, in words", async () => {
  gateway(routes);
  showPage(Carriers, "/carriers");
  expect(await screen.findByText("Not bound")).toBeInTheDocument();
  expect(screen.getAllByText(/ESME_RINVPASWD/)).not.toHaveLength(0);
  expect(screen.getByText(/Too fast for the carrier/)).toBeInTheDocument();
  expect(screen.getByText(/slowed down from 100/)).toBeInTheDocument();
});

it("binds anew once that is confirmed", async () => {
  const calls = gateway({ ...routes, "POST /carriers/orange/rebind": [[204]] });
  showPage(Carriers, "/carriers");
  await userEvent.click(await screen.findByRole("button", { name: "Bind anew" }));
  expect(calls.some((call) => call.method === "POST")).toBe(false);
  await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Bind anew" }));
  await screen.findByText("orange is binding anew");
});

it("has no buttons for those who do not operate", async () => {
  gateway(routes);
  showPage(Carriers, "/carriers", "/carriers", ["read"]);
  await screen.findByText("Not bound");
  for (const name of [/bind anew/i, /pause/i, /send a test/i, /newest pdus/i]) expect(screen.queryByRole("button", { name })).toBeNull();
});

it("sends a test, and shows what the gate says", async () => {
  const calls = gateway({ ...routes, "POST /messages": [[202, { id: "1", verdict: "refuse", rule: "G04 opted out", segments: 1, coding: "GSM 03.38" }]] });
  showPage(Carriers, "/carriers");
  await userEvent.click(await screen.findByRole("button", { name: "Send a test" }));
  await userEvent.click(await screen.findByRole("combobox", { name: "Short code" }));
  await userEvent.click(await screen.findByRole("option", { name: "36111", hidden: true }));
  await userEvent.type(screen.getByLabelText("To"), "+33 6 12 34 56 78");
  await userEvent.type(screen.getByRole("textbox", { name: "Text" }), "Hello");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  expect(await screen.findByText(/has said STOP/)).toBeInTheDocument();
  expect(calls.find((call) => call.method === "POST")?.body).toEqual({ short_code: "36111", program: "pizza", to: "33612345678", text: "Hello", class: "transactional" });
});
