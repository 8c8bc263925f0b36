import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { newClient, Providers } from "../../../../app";
import { gateway } from "../../../../testing/fetch";
import { VersionsPanel } from "./VersionsPanel";

const me = { name: "Ann", email: "ann@example.com", role: "editor", rights: ["read", "edit"], programs: [], totp: true, version: "test" };
const versions = [
  { version: 1, state: "retired", open: 2, published_at: "2026-11-19T12:00:00Z", published_by: "ann@example.com" },
  { version: 2, state: "published", open: 0, pinned: true },
  { version: 3, state: "draft", open: 0 },
];

function show(rights = me.rights) {
  const calls = gateway({
    "GET /session": [[200, { ...me, rights }]],
    "GET /flows/quiz": [[200, { name: "quiz", source: "new", draft: true, programs: [], versions }]],
    "GET /flows/quiz/versions/1": [[200, { source: "old" }]],
    "POST /flows/test": [[200, { played: 0, failures: [] }]],
    "POST /flows/quiz/publish": [[200, { version: 3, changed: true, warnings: [] }]],
    "PUT /flows/quiz/pin": [[204]],
  });
  const onRestore = vi.fn();
  const client = newClient();
  client.setQueryData(["session"], { ...me, rights });
  render(<Providers client={client}><VersionsPanel name="quiz" source="old" onRestore={onRestore} /></Providers>);
  return { calls, onRestore };
}

const act = async (version: number, item: string) => {
  await userEvent.click(await screen.findByRole("button", { name: `Actions for version ${version}` }));
  await userEvent.click(await screen.findByRole("menuitem", { name: item, hidden: true }));
};

it("lists versions, the newest first, and compares one", async () => {
  show(["read"]);
  expect((await screen.findAllByText(/^Version \d/)).map((e) => e.textContent)).toEqual(["Version 2", "Version 1"]);
  expect(screen.getByText("2 open conversations")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Actions/ })).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Compare version 1 with what is edited" }));
  expect(await screen.findByText("The same as what is edited.")).toBeInTheDocument();
});

it("takes a version into the draft, once that is confirmed", async () => {
  const { onRestore } = show();
  await act(1, "Take into the draft");
  await userEvent.click(await screen.findByRole("button", { name: "Take into the draft" }));
  await waitFor(() => { expect(onRestore.mock.calls[0]?.[0]).toBe("old"); });
});

it("publishes a version again, and unpins", async () => {
  const { calls } = show();
  await act(2, "Unpin");
  await waitFor(() => { expect(calls.find((call) => call.method === "PUT")?.body).toEqual({ version: 0 }); });
  await act(1, "Publish again");
  const button = await screen.findByRole("button", { name: "Publish" });
  await waitFor(() => { expect(button).toBeEnabled(); });
  await userEvent.click(button);
  expect(await screen.findByText("Version 3 is published")).toBeInTheDocument();
  expect(calls.filter((call) => call.url.endsWith("/publish")).at(-1)?.body).toEqual({ version: 1, open: { policy: "finish" } });
});
