import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { gateway } from "../../testing/fetch";
import { showPage } from "../../testing/page";
import Home from ".";

const totals = { mo: 20, mt: 18, opt_outs: 2, delivered: 9, failed: 1, refused: [], held: [] };
const home = {
  at: "2026-11-29T10:00:00Z", carriers: [{ name: "orange", bound: true }], minutes: [{ at: "2026-11-29T09:59:00Z", mo: 7, mt: 5 }],
  hour: totals, day: { ...totals, refused: [{ label: "G04 opted out", n: 3 }] }, waiting: { handoffs: 2, reviews: 0, orders: 1, due: 0, later: 4 }, warnings: [],
};

it("says that all is well, with the figures for those who hear them too", async () => {
  gateway({ "GET /home": [[200, home]] });
  showPage(Home, "/home");
  expect(await screen.findByText("All is well")).toBeInTheDocument();
  const minutes = screen.getByRole("table", { name: /per minute/ });
  expect(within(minutes).getAllByRole("cell").map((cell) => cell.textContent)).toEqual(["7", "5"]);
  expect(screen.getByText(/has said STOP/)).toBeInTheDocument();
  expect(screen.getByRole("link", { name: /2\s*Hand-offs/ })).toHaveAttribute("href", "/handoffs");
});

it("says what is not well", async () => {
  gateway({ "GET /home": [[200, { ...home, carriers: [{ name: "orange", bound: false, error: "bind_transceiver_resp: ESME_RINVPASWD" }], warnings: [{ kind: "mo-silence", n: 0, of: 400 }] }]] });
  showPage(Home, "/home");
  expect(await screen.findByText("2 things need attention")).toBeInTheDocument();
  expect(screen.getByText(/ESME_RINVPASWD/)).toBeInTheDocument();
  expect(screen.getByText(/No text for five minutes/)).toBeInTheDocument();
});

it("leads nowhere that somebody may not go", async () => {
  gateway({ "GET /home": [[200, home]] });
  showPage(Home, "/home", "/home", ["read"]);
  await screen.findByText("All is well");
  expect(screen.queryByRole("link", { name: /Hand-offs/ })).toBeNull();
});
