import { readFileSync } from "node:fs";
import { join } from "node:path";

import { screen, render, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, expect, it } from "vitest";

import { newClient, Providers } from "../../../app";
import { gateway, type Answer } from "../../../testing/fetch";
import FlowEditor from ".";

const source = readFileSync(join(__dirname, "../../../../../../demo/flows/free-meal.yaml"), "utf8");
const me = { name: "Ann", email: "ann@example.com", role: "owner", rights: ["read", "edit"], programs: [], totp: true, version: "test" };
const doc = { name: "free-meal", source, draft: false, programs: ["casino"], versions: [] };
const problem = { line: 13, column: 3, severity: "warning", text: "the offer may be refused", hint: "ask again" };

const puzzle = { state: "where", text: "Au fond", count: 3, last: "2026-11-29T12:00:00Z" };
const passages = { since: "2026-11-29T00:00:00Z", texts: 5, ways: [{ by: "begin", count: 4 }, { state: "offer", by: "reply:0", count: 3 }], open: [{ version: 1, state: "offer", count: 1 }], puzzles: [puzzle] };

const answers = (more: Record<string, Answer[]> = {}) => gateway({
  "GET /session": [[200, me]],
  "GET /flows/free-meal": [[200, doc, { ETag: '"one"' }]],
  "POST /flows/check": [[200, { problems: [problem] }]],
  "PUT /flows/free-meal/draft": [[200, { version: 2 }, { ETag: '"two"' }]],
  "POST /flows/test": [[200, { played: 5, failures: [{ line: 67, severity: "error", text: "yes, then the table: said something else" }] }]],
  "GET /objects/contact_fields": [[200, { items: [{ key: "favourite", object: {} }] }]],
  "GET /flows/free-meal/versions": [[200, { items: [] }]],
  "GET /flows/free-meal/passages?hours=24": [[200, passages]],
  ...more,
});

Element.prototype.scrollIntoView ??= () => undefined; // jsdom scrolls nothing

beforeEach(() => { localStorage.clear(); });

async function show() {
  const client = newClient();
  client.setQueryData(["session"], me);
  const router = createMemoryRouter([{ path: "/flows/:name", element: <FlowEditor /> }], { initialEntries: ["/flows/free-meal"] });
  const view = render(<Providers client={client}><RouterProvider router={router} /></Providers>);
  await screen.findByText("Free lunch for a guest", { selector: "h1" });
  return view;
}

const box = () => screen.getByLabelText("Text of declined (en)");

it("shows the flow in order of reading, and is accessible", async () => {
  answers();
  const { container } = await show();
  const names = [...container.querySelectorAll("h2")].map((h) => h.textContent);
  expect(names).toEqual(["offer", "seated", "where", "accepted", "unseated", "declined", "lapsed"]);
  const offer = within(screen.getByRole("region", { name: "offer" }));
  expect(offer.getAllByLabelText("Go to declined")).toHaveLength(2);
  expect(offer.getByLabelText("Text of offer (fr)")).toHaveValue("{{contact.first_name ?? 'Bonjour'}}, le déjeuner est pour nous aujourd'hui. Répondez OUI sous 30 min et quelqu'un vient à votre table.");
  expect(screen.getByDisplayValue("says nothing: it listens for a late yes")).toBeInTheDocument();
  const { violations } = await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
  expect(violations.map((v) => `${v.id}: ${v.nodes[0]?.html ?? ""}`)).toEqual([]);
});

it("keeps what is written over what was read, and takes it back", async () => {
  const calls = answers();
  await show();
  await userEvent.type(box(), " Bye.");
  const puts = () => calls.filter((c) => c.method === "PUT");
  await waitFor(() => { expect(puts()).toHaveLength(1); }, { timeout: 3000 });
  expect(puts()[0]?.headers["If-Match"]).toBe('"one"');
  expect(puts()[0]?.body).toEqual({ source: source.replace("Another time, with pleasure.", "Another time, with pleasure. Bye.") });
  await userEvent.keyboard("{Control>}z{/Control}");
  expect(box()).toHaveValue("Another time, with pleasure.");
  await waitFor(() => { expect(puts()).toHaveLength(2); }, { timeout: 3000 });
  expect(puts()[1]).toMatchObject({ headers: { "If-Match": '"two"' }, body: { source } });
});

it("completes what a text may print, fields of contacts too", async () => {
  answers();
  await show();
  await userEvent.type(box(), " {{{{favo");
  await userEvent.click(await screen.findByText("contact.favourite"));
  expect(box()).toHaveValue("Another time, with pleasure. {{contact.favourite}}");
});

it("lists what the check found, and leads there", async () => {
  answers();
  await show();
  await userEvent.click(await screen.findByText("1 warning", {}, { timeout: 3000 }));
  await userEvent.click(screen.getByText("The offer may be refused"));
  await waitFor(() => { expect(document.activeElement).toHaveAttribute("data-state", "offer"); });
});

it("plays the tests, and tells which failed", async () => {
  answers({ "POST /flows/check": [[200, { problems: [], flow: { name: "free-meal", languages: ["fr", "en"], inputs: [], start: "offer", states: [], ways: [], texts: [] } }]] });
  await show();
  await userEvent.click(screen.getByLabelText("Phone, tests and versions"));
  await userEvent.click(await screen.findByText("Tests"));
  await userEvent.click(await screen.findByText("Run"));
  expect(await screen.findByText("4 passed, 1 failed")).toBeInTheDocument();
  expect(screen.getByText("said something else")).toBeInTheDocument();
});

it("lets choose when somebody else has edited the flow", async () => {
  const theirs = source.replace("Une autre fois", "Une prochaine fois");
  const calls = answers({
    "GET /flows/free-meal": [[200, doc, { ETag: '"one"' }], [200, { ...doc, source: theirs }, { ETag: '"theirs"' }]],
    "PUT /flows/free-meal/draft": [[412, { detail: "somebody else changed this" }], [200, { version: 2 }, { ETag: '"mine"' }]],
  });
  await show();
  await userEvent.type(box(), "!");
  await userEvent.click(await screen.findByText("Keep mine over theirs", {}, { timeout: 4000 }));
  await waitFor(() => { expect(calls.filter((c) => c.method === "PUT").at(-1)?.headers["If-Match"]).toBe('"theirs"'); });
  expect(await screen.findByText("Saved")).toBeInTheDocument();
});

it("is only read by those who may not edit", async () => {
  const calls = answers();
  const client = newClient();
  client.setQueryData(["session"], { ...me, rights: ["read"] });
  const router = createMemoryRouter([{ path: "/flows/:name", element: <FlowEditor /> }], { initialEntries: ["/flows/free-meal"] });
  render(<Providers client={client}><RouterProvider router={router} /></Providers>);
  expect(await screen.findByText(/Your role does not let you change it/)).toBeInTheDocument();
  expect(box()).toHaveAttribute("readonly");
  expect(screen.queryByText(/Publish/)).not.toBeInTheDocument();
  expect(screen.queryByText("Add a state")).not.toBeInTheDocument();
  expect(calls.filter((c) => c.method === "PUT")).toEqual([]);
});

it("shows how people went through the flow beside what they answered", async () => {
  answers();
  await show();
  expect(await screen.findByText("1 here now")).toBeInTheDocument();
  const offer = within(screen.getByRole("region", { name: "offer" }));
  expect(offer.getByText("3 texts")).toBeInTheDocument();
  expect(within(offer.getAllByRole("group", { name: "Answer" })[0] ?? offer.getByRole("list")).getByText("3×")).toHaveTextContent("3×100%");
});

it("makes a text that was not understood a word of an answer", async () => {
  const calls = answers();
  await show();
  await userEvent.click(screen.getByLabelText("Phone, tests and versions"));
  await userEvent.click(await screen.findByText("Unclear"));
  await userEvent.click(await screen.findByText("Add as a word of…"));
  await userEvent.click(await screen.findByText(/a number/, { selector: ".mantine-Menu-itemLabel" }));
  expect(await screen.findByText(/^Now: a number/)).toBeInTheDocument();
  await waitFor(() => { expect(calls.filter((c) => c.method === "PUT")[0]?.body).toEqual({ source: source.replace("- {is: number, min: 1", "- {is: number, words: [Au fond], min: 1") }); }, { timeout: 3000 });
});
