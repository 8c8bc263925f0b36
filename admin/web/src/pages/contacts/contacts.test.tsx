import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { gateway, type Answer } from "../../testing/fetch";
import { showPage } from "../../testing/page";
import Contacts from ".";

const contact = { msisdn: "33612345678", first_name: "Élodie", created_at: "2026-11-01T10:00:00Z", updated_at: "2026-11-01T10:00:00Z", short_codes: ["36111"], fields: { visits: 12 }, tags: ["vip"] };
const routes = {
  "GET /threads?search=33612345678": [[200, { items: [] }]],
  "GET /consents/33612345678": [[200, { msisdn: "33612345678", programs: [], stopped: [], listed: [], ledger: [] }]],
  "GET /contacts/33612345678": [[200, contact, { ETag: '"1"' }]],
} satisfies Record<string, Answer[]>;

it("sends a change with the version that it was made to", async () => {
  const calls = gateway({ ...routes, "PUT /contacts/33612345678": [[200, contact, { ETag: '"2"' }]] });
  showPage(Contacts, "/contacts", "/contacts/33612345678");
  const name = await screen.findByLabelText("First name");
  await userEvent.clear(name);
  await userEvent.type(name, "Elo");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("Saved");
  const put = calls.find((call) => call.method === "PUT");
  expect(put?.headers["If-Match"]).toBe('"1"');
  expect(put?.body).toMatchObject({ first_name: "Elo", tags: ["vip"], fields: { visits: 12 } });
});

it("keeps what was typed when somebody else was quicker, and loads their version when asked to", async () => {
  gateway({
    ...routes,
    "GET /contacts/33612345678": [[200, contact, { ETag: '"1"' }], [200, { ...contact, first_name: "Theirs" }, { ETag: '"2"' }]],
    "PUT /contacts/33612345678": [[412, { detail: "somebody else has changed 336…78 meanwhile" }]],
  });
  showPage(Contacts, "/contacts", "/contacts/33612345678");
  await userEvent.type(await screen.findByLabelText("First name"), "!");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(/somebody else has changed this contact/i)).toBeInTheDocument();
  expect(screen.getByLabelText("First name")).toHaveValue("Élodie!");
  await userEvent.click(screen.getByRole("button", { name: "Load their version" }));
  expect(await screen.findByDisplayValue("Theirs")).toBeInTheDocument();
});

it("lets nobody change who may only look", async () => {
  gateway(routes);
  showPage(Contacts, "/contacts", "/contacts/33612345678", ["read", "see-phones"]);
  expect(await screen.findByLabelText("First name")).toHaveAttribute("readonly");
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Erase" })).toBeNull();
});
