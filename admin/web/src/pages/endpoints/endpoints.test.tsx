import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { gateway } from "../../testing/fetch";
import { showPage } from "../../testing/page";
import Endpoints from ".";

vi.setConfig({ testTimeout: 30_000 }); // dialogs take long on a busy machine

const endpoint = {
  id: "7", name: "CRM", url: "https://crm.example/sms", events: ["message.received"], programs: [], include_text: false, private: false,
  created_by: "ann@example.com", created_at: "2026-11-29T12:00:00Z", disabled: false, failing_since: "2026-11-29T12:00:00Z", last_error: "no answer came",
};
const log = "GET /endpoints/7/deliveries";
const delivery = { id: "70", event: "evt_1", type: "message.received", at: "2026-11-29T12:00:00Z", state: "failed", attempts: 9 };

const show = (at: string) => showPage(Endpoints, "/settings/webhooks", at);

it("makes an endpoint, shows its secret once, and leads to its page", async () => {
  const calls = gateway({
    "GET /endpoints": [[200, { items: [] }]], "GET /endpoints/7": [[200, endpoint]], [log]: [[200, { items: [] }]],
    "POST /endpoints": [[422, { detail: "wrong", errors: [{ location: "body.url", message: "phone numbers cross the internet by https only" }] }], [200, { ...endpoint, secret: "whsec_abc" }]],
  });
  show("/settings/webhooks");
  await userEvent.click(await screen.findByRole("button", { name: "Add an endpoint" }));
  await userEvent.type(await screen.findByLabelText("Name"), "CRM");
  await userEvent.click(screen.getByLabelText("Address"));
  await userEvent.paste("https://crm.example/sms");
  await userEvent.click(screen.getByRole("checkbox", { name: "An order was placed" }));
  const add = screen.getAllByRole("button", { name: "Add an endpoint" }).at(-1) as HTMLElement;
  await userEvent.click(add);
  expect(await screen.findByText(/by https only/)).toBeInTheDocument();
  await userEvent.click(add);
  expect(await screen.findByText("whsec_abc")).toBeInTheDocument();
  expect(calls.findLast((call) => call.method === "POST")?.body).toEqual({
    name: "CRM", url: "https://crm.example/sms", events: ["message.received", "order.placed"], programs: [], include_text: false, private: false,
  });
  await userEvent.click(screen.getByRole("button", { name: "Done" }));
  expect(await screen.findByRole("heading", { level: 1, name: "CRM" })).toBeInTheDocument();
  expect(screen.queryByText("whsec_abc")).not.toBeInTheDocument();
});

it("says since when an endpoint fails, and sends a test", async () => {
  const calls = gateway({ "GET /endpoints/7": [[200, endpoint]], [log]: [[200, { items: [delivery] }]], "POST /endpoints/7/ping": [[202, { delivery: "71" }]] });
  show("/settings/webhooks/7");
  expect(await screen.findByText("Failing")).toBeInTheDocument();
  expect(screen.getByText(/no answer came/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Send a test" }));
  expect(await screen.findByText(/The test is on its way/)).toBeInTheDocument();
  expect(calls.some((call) => call.method === "POST" && call.url.endsWith("/ping"))).toBe(true);
});

it("sends again what failed in the time that is chosen", async () => {
  const calls = gateway({ "GET /endpoints/7": [[200, endpoint]], [log]: [[200, { items: [] }]], "POST /endpoints/7/replay": [[202, { deliveries: 3 }]] });
  show("/settings/webhooks/7");
  await userEvent.click(await screen.findByRole("button", { name: "Send failed ones again" }));
  await userEvent.click(await screen.findByRole("button", { name: "Send again" }));
  expect(await screen.findByText("3 events are sent again.")).toBeInTheDocument();
  const { since } = calls.findLast((call) => call.method === "POST")?.body as { since: string };
  expect(Date.now() - Date.parse(since)).toBeGreaterThan(23 * 3_600_000);
});

it("offers no test and no replay of an endpoint that is disabled", async () => {
  gateway({ "GET /endpoints/7": [[200, { ...endpoint, disabled: true }]], [log]: [[200, { items: [] }]] });
  show("/settings/webhooks/7");
  expect(await screen.findByText(/gone \(410\)/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Enable" })).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Send a test" })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Send failed ones again" })).not.toBeInTheDocument();
});
