import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import type { Message } from "../../api/types";
import { gateway, type Answer } from "../../testing/fetch";
import { showPage } from "../../testing/page";
import Conversations from ".";

const message = (id: number, more: Partial<Message>): Message => ({
  id: String(id), direction: "out", short_code: "36111", msisdn: "33612345678", at: "2026-11-29T10:00:00Z", class: "reply", status: "delivered", rule: "A1 reply", verdict: "allow", segments: 1, ...more,
});
const talk = { conversation: "77", program: "pizza", flow: "survey", version: 3, state: "person", started_at: "2026-11-29T10:00:00Z", expires_at: "2026-11-30T10:00:00Z", handed: true };
const messages = [
  message(4, { text: "Promo", status: "refused", class: "marketing", verdict: "refuse", rule: "G04 opted out" }),
  message(3, { text: "Which size?" }),
  message(2, { text: "2 reine", direction: "in", class: "neither", status: "turn", rule: "front: order/menu>reply:1" }),
];
const routes = {
  "GET /objects/short_codes": [[200, { items: [] }]],
  "GET /threads": [[200, { items: [] }]],
  "GET /threads/36111/33612345678": [[200, { msisdn: "33612345678", short_code: "36111", name: "Élodie", language: "fr", stopped: true, conversations: [talk], messages: { items: messages, next: "2" } }]],
  "GET /threads/36111/33612345678?cursor=2": [[200, { msisdn: "33612345678", short_code: "36111", stopped: true, conversations: [], messages: { items: [message(1, { text: "PIZZA", direction: "in" })] } }]],
} satisfies Record<string, Answer[]>;

it("shows a transcript, and why each text is as it is", async () => {
  gateway(routes);
  showPage(Conversations, "/conversations", "/conversations/36111/33612345678");
  const log = await screen.findByRole("log");
  expect(screen.getByRole("heading", { name: "Élodie" })).toBeInTheDocument();
  expect(screen.getByText("Stopped")).toBeInTheDocument();
  expect(within(log).getByRole("img", { name: "Delivered" })).toBeInTheDocument();
  expect(within(log).getByRole("img", { name: "Refused by a rule" })).toBeInTheDocument();
  const [taken, , refused] = within(log).getAllByRole("button", { name: /why/i });
  await userEvent.click(refused ?? log);
  expect(within(log).getByText(/has said STOP/)).toBeInTheDocument();
  await userEvent.click(taken ?? log);
  expect(within(log).getByText("order/menu>reply:1")).toBeInTheDocument();
  expect(taken).toHaveAttribute("aria-expanded", "true");
});

it("leads to the hand-off of those who may answer", async () => {
  gateway(routes);
  showPage(Conversations, "/conversations", "/conversations/36111/33612345678");
  expect(await screen.findByRole("link", { name: "Take over" })).toHaveAttribute("href", "/handoffs/77");
});

it("offers no hand-off and no contact to those who only look", async () => {
  gateway(routes);
  showPage(Conversations, "/conversations", "/conversations/36111/33612345678", ["read"]);
  await screen.findByRole("log");
  expect(screen.queryByRole("link", { name: "Take over" })).toBeNull();
  expect(screen.queryByRole("link", { name: "Contact" })).toBeNull();
});

it("reads older texts when it is asked to", async () => {
  gateway(routes);
  showPage(Conversations, "/conversations", "/conversations/36111/33612345678");
  await userEvent.click(await screen.findByRole("button", { name: "Earlier texts" }));
  expect(await screen.findByText("PIZZA")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Earlier texts" })).toBeNull();
});

it("says when there is no such conversation", async () => {
  gateway({ ...routes, "GET /threads/36111/33612345678": [[404, { detail: "nothing is known" }]] });
  showPage(Conversations, "/conversations", "/conversations/36111/33612345678");
  expect(await screen.findByText("There is no such conversation")).toBeInTheDocument();
});
