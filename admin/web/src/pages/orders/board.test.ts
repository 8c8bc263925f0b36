import { expect, it } from "vitest";

import type { Order } from "../../api/types";
import { moneyOf } from "../../i18n/money";
import { inColumn, itemsOf, stepsOf } from "./board";

const order = (number: number, state: Order["state"], more: Partial<Order> = {}): Order => ({
  program: "pizza-roma", number, state, short_code: "36111", msisdn: "33612345678", lines: "2 Reine grande, 1 Coca", total: "31.00 EUR", placed_at: "2026-11-29T12:00:00Z", ...more,
});

it("puts orders into columns: the oldest first, of finished ones the newest", () => {
  const orders = [order(1, "done"), order(2, "placed"), order(3, "refused"), order(4, "leaving"), order(5, "placed"), order(6, "ready")];
  expect(inColumn(orders, "fresh").map((o) => o.number)).toEqual([2, 5]);
  expect(inColumn(orders, "out").map((o) => o.number)).toEqual([4, 6]);
  expect(inColumn(orders, "over").map((o) => o.number)).toEqual([3, 1]);
});

it("lets only those leave that are delivered", () => {
  expect(stepsOf(order(1, "accepted"))).toEqual(["ready", "refused"]);
  expect(stepsOf(order(1, "ready", { address: "1 rue X" }))).toEqual(["leaving", "done"]);
  expect(stepsOf(order(1, "done"))).toEqual([]);
});

it("writes lines and money", () => {
  expect(itemsOf(order(1, "placed"))).toEqual(["2 Reine grande", "1 Coca"]);
  expect(moneyOf("31.00 EUR", "en")).toBe("€31.00");
  expect(moneyOf("free", "en")).toBe("free");
});
