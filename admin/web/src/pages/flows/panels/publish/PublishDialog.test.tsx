import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { newClient, Providers } from "../../../../app";
import { gateway, type Answer } from "../../../../testing/fetch";
import { PublishDialog } from "./PublishDialog";

const draft = "flow: quiz\nstates:\n  two: {say: x}\n";
const doc = {
  name: "quiz", source: draft, draft: true, programs: ["tv"],
  versions: [{ version: 1, state: "published", open: 3, published_at: "2026-11-20T12:00:00Z" }, { version: 2, state: "draft", open: 0 }],
};
const warning = { severity: "warning", text: "flow quiz: 3 open conversations stand at states that version 2 changes or lacks (one 3): they finish on their version" };

const routes = (other: Record<string, Answer[]> = {}) =>
  gateway({
    "GET /flows/quiz": [[200, doc]],
    "GET /flows/quiz/versions/1": [[200, { source: "flow: quiz\nstates:\n  one: {say: x}\n" }]],
    "POST /flows/test": [[200, { played: 2, failures: [] }]],
    "POST /flows/quiz/publish": [[200, { version: 2, changed: true, warnings: [warning] }]],
    "PUT /flows/quiz/pin": [[204]],
    "POST /flows/quiz/shadow": [[200, { since: "2026-11-20T12:00:00Z", conversations: 9, changed: 2, differences: [{ state: "one", text: "yes", before: ["< Good.\n| Go on"], after: [], count: 2 }] }]],
    ...other,
  });

function show(props: Partial<Parameters<typeof PublishDialog>[0]> = {}) {
  const onPublished = vi.fn();
  render(<Providers client={newClient()}><PublishDialog name="quiz" opened dirty={false} onClose={() => undefined} onPublished={onPublished} {...props} /></Providers>);
  return onPublished;
}

const publish = async () => {
  const button = await screen.findByRole("button", { name: "Publish" });
  await waitFor(() => { expect(button).toBeEnabled(); });
  return button;
};

it("tells the impact, takes a decision about open conversations, and publishes", async () => {
  const calls = routes();
  const onPublished = show();
  expect(await screen.findByText("All 2 conversations come out as they must")).toBeInTheDocument();
  expect(await screen.findByText(/they finish on their version/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole("radio", { name: "They move to the new version" }));
  await userEvent.selectOptions(await screen.findByLabelText("From one to"), "two");
  await userEvent.click(screen.getByRole("checkbox", { name: /version 1 for now/ }));
  await userEvent.click(await publish());
  expect(await screen.findByText("Version 2 is published")).toBeInTheDocument();
  expect(screen.getByText(/begin on version 1, which is pinned/)).toBeInTheDocument();
  expect(onPublished).toHaveBeenCalledWith(2);
  const [pinned, published] = calls.filter((call) => call.method === "PUT" || (call.url.endsWith("/publish") && !(call.body as { dry_run?: boolean }).dry_run));
  expect(pinned?.body).toEqual({ version: 1 });
  expect(published?.body).toEqual({ open: { policy: "move", move: { one: "two" } } });
});

it("wants the text that ended conversations get", async () => {
  const calls = routes();
  show();
  await publish();
  await userEvent.click(screen.getByRole("radio", { name: "They end, with a text" }));
  expect(screen.getByRole("button", { name: "Publish" })).toBeDisabled();
  await userEvent.type(screen.getByLabelText(/Text that they get/), "Bye");
  await publish();
  expect(calls.at(-1)?.body).toEqual({ open: { policy: "end", end: "Bye" }, dry_run: true });
});

it("shows red golden conversations, and does not publish", async () => {
  routes({
    "POST /flows/test": [[200, { played: 2, failures: [{ severity: "error", line: 14, text: "yes: said nothing" }] }]],
    "POST /flows/quiz/publish": [[422, { detail: "nothing was changed: see the errors", errors: [{ location: "body", message: "golden conversation `yes` fails" }] }]],
  });
  show({ dirty: true });
  expect(await screen.findByText(/1 of 2 fail/)).toBeInTheDocument();
  expect(screen.getByText(/Line 14 · yes: said nothing/)).toBeInTheDocument();
  expect(screen.getByText(/have not saved yet/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Publish" })).toBeDisabled();
});

it("shows what else refuses a publication", async () => {
  routes({ "POST /flows/quiz/publish": [[422, { detail: "nothing was changed: see the errors", errors: [{ location: "body", message: "no offer `spot` in this program" }] }]] });
  show();
  expect(await screen.findByText("No offer `spot` in this program")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Publish" })).toBeDisabled();
});

it("says when there is no draft, and unpins", async () => {
  const calls = routes({ "GET /flows/quiz": [[200, { ...doc, draft: false, versions: [{ version: 1, state: "published", open: 0, pinned: true }] }]] });
  show();
  expect(await screen.findByText(/published already/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Unpin" }));
  await waitFor(() => { expect(calls.find((call) => call.method === "PUT")?.body).toEqual({ version: 0 }); });
  expect(calls.some((call) => call.url.endsWith("/publish"))).toBe(false);
});

it("compares with what phones said lately, when it is asked to", async () => {
  const calls = routes();
  show();
  await publish();
  expect(calls.some((call) => call.url.endsWith("/shadow"))).toBe(false);
  await userEvent.click(screen.getByRole("button", { name: "Compare" }));
  expect(await screen.findByText(/^2 of 9 conversations/)).toBeInTheDocument();
  expect(screen.getByText("one · “yes”")).toBeInTheDocument();
  expect(screen.getByText(/Good\.\s+Go on/)).toBeInTheDocument();
  expect(screen.getByText("nothing")).toBeInTheDocument();
  expect(calls.at(-1)?.body).toEqual({ source: draft });
});
