import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { gateway, type Answer } from "../../testing/fetch";
import { showPage } from "../../testing/page";
import Messages from ".";

const objects = { "GET /objects/short_codes": [[200, { items: [] }]], "GET /objects/programs": [[200, { items: [] }]] } satisfies Record<string, Answer[]>;

it("tells how far a search has looked, and looks further when asked to", async () => {
  const calls = gateway({
    ...objects,
    "GET /messages?status=held&limit=50": [[200, { items: [], next: "120561635671670784" }]],
    "GET /messages?status=held&cursor=120561635671670784&limit=50": [[200, { items: [] }]],
  });
  showPage(Messages, "/messages", "/messages?status=held");
  expect(await screen.findByText(/Looked back to Nov 29, 2026/)).toBeInTheDocument();
  expect(calls.filter((call) => call.url.includes("/messages"))).toHaveLength(1);
  await userEvent.click(screen.getByRole("button", { name: "Look further back" }));
  expect(await screen.findByText("No message matches these filters.")).toBeInTheDocument();
});

it("asks those who see no phones for none", async () => {
  gateway({ ...objects, "GET /messages?limit=50": [[200, { items: [] }]] });
  showPage(Messages, "/messages", "/messages", ["read"]);
  expect(await screen.findByText("No messages")).toBeInTheDocument();
  expect(screen.queryByLabelText("Phone")).toBeNull();
  expect(screen.queryByLabelText("Words")).toBeNull();
});
