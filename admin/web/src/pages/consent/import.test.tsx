import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { newClient, Providers } from "../../app";
import { gateway, type Answer } from "../../testing/fetch";
import { Import } from "./Import";

async function send(answer: Answer) {
  const calls = gateway({ "POST /suppressions/import": [answer] });
  render(<Providers client={newClient()}><Import what="suppressions" label="Suppression list" /></Providers>);
  const file = new File(["msisdn,reason\n33612345678,letter\nabc,phone\n"], "list.csv", { type: "text/csv" });
  const input = document.querySelector<HTMLInputElement>("input[type=file]");
  if (!input) throw new Error("no input for a file");
  await userEvent.upload(input, file);
  await userEvent.click(screen.getByRole("button", { name: /Import/ }));
  return { calls, file };
}

it("sends the file as it is, and reports each row that was not taken", async () => {
  const { calls, file } = await send([200, { rows: 1, taken: 1, bad: [{ line: 3, why: "this is no phone" }] }]);
  expect(await screen.findByText("This is no phone")).toBeInTheDocument();
  expect(calls[0]?.headers["Content-Type"]).toBe("text/csv");
  expect(calls[0]?.body).toBe(file);

  const saved = vi.fn(() => "blob:x");
  Object.assign(URL, { createObjectURL: saved, revokeObjectURL: () => undefined });
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  await userEvent.click(screen.getByRole("button", { name: "Download the bad rows" }));
  await vi.waitFor(() => { expect(saved).toHaveBeenCalledOnce(); });
});

it("says what is wrong with the whole file", async () => {
  await send([422, { detail: "column \"phone\" is not known" }]);
  expect(await screen.findByText("Column \"phone\" is not known")).toBeInTheDocument();
});
