import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, expect, it, vi } from "vitest";

import { newClient, Providers } from "../../app";
import all from "../../components/schema-form/schemas.fixture.json";
import { gateway, type Answer } from "../../testing/fetch";
import Keywords from ".";

const me = { name: "Ann", email: "ann@example.com", role: "owner", rights: ["read", "edit", "operate"], programs: [], totp: false, version: "test" };
const pizza = { key: "36111 pizza", etag: '"1"', secrets: [], object: [{ short_code: "36111", word: "PIZZA", program: "pizza-roma", flow: "order" }] };

const routes: Record<string, Answer[]> = {
  "GET /session": [[200, me]],
  "GET /schemas/keywords": [[200, all.keywords]],
  "GET /objects/keywords": [[200, { items: [pizza] }]],
  "GET /objects/keywords/36111%20pizza": [[200, pizza, { ETag: '"1"' }]],
  "GET /objects/short_codes": [[200, { items: [{ key: "36111", etag: "x", secrets: [], object: { number: "36111" } }] }]],
  "GET /objects/programs": [[200, { items: [{ key: "pizza-roma", etag: "x", secrets: [], object: { time_zone: "Europe/Paris" } }] }]],
  "GET /objects/places": [[200, { items: [] }]],
  "GET /flows": [[200, { items: [{ name: "order" }] }]],
  "GET /flows/order": [[200, { name: "order", source: "flow: order" }]],
  "POST /flows/check": [[200, { problems: [], flow: { inputs: [] } }]],
  "GET /problems": [[200, { items: [{ kind: "keywords", key: "36111 pizza", severity: "warning", text: "keyword 36111 PIZZA: PIZZA and PIZZAS are one letter apart" }] }]],
};

// The table measures itself, and jsdom has no sizes.
beforeEach(() => {
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(800);
});

async function show(path: string, more: Record<string, Answer[]> = {}) {
  const calls = gateway({ ...structuredClone(routes), ...more });
  const client = newClient();
  client.setQueryData(["session"], me);
  const router = createMemoryRouter([{ path: "/keywords/*", element: <Keywords /> }], { initialEntries: [path] });
  render(<Providers client={client}><RouterProvider router={router} /></Providers>);
  await screen.findByRole("heading", { level: 1 });
  return calls;
}

it("lists the words of a code, what they start, and what to look at", async () => {
  await show("/keywords");
  const row = await screen.findByRole("row", { name: /PIZZA/ });
  expect(within(row).getByRole("link", { name: "order" })).toHaveAttribute("href", "/flows/order");
  expect(within(row).getByText("Live")).toBeInTheDocument();
  expect(await screen.findByRole("link", { name: /one letter apart/ })).toBeInTheDocument();
});

it("says that a gateway cannot tell what a text would get", async () => {
  await show("/keywords", { "GET /explain/inbound?short_code=36111&text=stop": [[404, { detail: "no such route" }]] });
  await userEvent.type(await screen.findByLabelText("Text"), "stop");
  await userEvent.click(screen.getByRole("button", { name: "Try" }));
  expect(await screen.findByText("This gateway cannot tell that yet.")).toBeInTheDocument();
});

it("tells what a text would get", async () => {
  const reading = { class: "neither", matched_by: "keyword", scope: "", review: false, normalised: "pizza 2", route: "order", rule: "keyword PIZZA" };
  await show("/keywords", { "GET /explain/inbound?short_code=36111&text=pizza+2": [[200, reading]] });
  await userEvent.type(await screen.findByLabelText("Text"), "pizza 2");
  await userEvent.click(screen.getByRole("button", { name: "Try" }));
  expect(await screen.findByText(/It starts the flow/)).toHaveTextContent("order");
});

it("shows at its field what the API refuses, and sends what was read as If-Match", async () => {
  const calls = await show("/keywords/36111%20pizza", {
    "PUT /objects/keywords/36111%20pizza": [[422, { detail: "nothing was changed: see the errors", errors: [{ location: "body[0].aliases[0]", message: "STOP is an opt-out word" }] }]],
  });
  const aliases = await screen.findByRole("combobox", { name: "Other words for the same" });
  await userEvent.type(aliases, "STOP{Enter}");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("STOP is an opt-out word")).toBeInTheDocument();
  await waitFor(() => { expect(aliases).toHaveFocus(); });
  const put = calls.find((call) => call.method === "PUT");
  expect(put?.headers["If-Match"]).toBe('"1"');
  expect(put?.body).toEqual([{ ...pizza.object[0], aliases: ["STOP"] }]);
});

it("lets choose when somebody else has changed the word meanwhile", async () => {
  const theirs = { ...pizza, etag: '"2"', object: [{ ...pizza.object[0], aliases: ["ROMA"] }] };
  const calls = await show("/keywords/36111%20pizza", {
    "GET /objects/keywords/36111%20pizza": [[200, pizza, { ETag: '"1"' }], [200, theirs, { ETag: '"2"' }]],
    "PUT /objects/keywords/36111%20pizza": [[412, { detail: "somebody else changed keyword 36111 pizza meanwhile" }], [200, { plan: [{ op: "update", kind: "keyword", key: "36111 pizza", fields: [] }], warnings: [] }]],
  });
  await userEvent.type(await screen.findByRole("combobox", { name: "Other words for the same" }), "PIZZAS{Enter}");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("ROMA")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Save mine" }));
  expect(await screen.findByText("Keyword is saved")).toBeInTheDocument();
  expect(calls.filter((call) => call.method === "PUT").map((call) => call.headers["If-Match"])).toEqual(['"1"', '"2"']);
});
