import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { newClient, Providers } from "../../app";
import { ApiError } from "../../api/client";
import { sessionQuery } from "../../api/session";
import type { Me } from "../../api/types";
import { gateway } from "../../testing/fetch";
import Till from ".";
import { cleaned, failed } from "./outcome";

const me: Me = { name: "Ann", email: "ann@example.com", role: "agent", rights: ["read", "answer"], programs: [], totp: false, version: "test" };

it("tells a coupon that is not good from one that nobody knows of", () => {
  expect(failed("A", new ApiError(409, { detail: "used" })).kind).toBe("bad");
  expect(failed("A", new ApiError(404)).kind).toBe("bad");
  expect(failed("A", new ApiError(0)).kind).toBe("unknown");
  expect(failed("A", new ApiError(503)).kind).toBe("unknown");
  expect(failed("A", new ApiError(429)).kind).toBe("unknown");
  expect(cleaned(" r-nnq4 fg\t")).toBe("r-nnq4fg");
});

it("redeems what a scanner types, once", async () => {
  const calls = gateway({
    "GET /objects/places": [[200, { items: [] }]],
    "POST /coupons/redeem": [
      [200, { offer: "lunch", program: "pizza-roma", title: "Free dessert", amount: "2.50 EUR" }],
      [409, { detail: "coupon D-1 was used at 12:00 by ann@example.com" }],
    ],
  });
  const client = newClient();
  client.setQueryData(sessionQuery.queryKey, me);
  render(<Providers client={client}><Till /></Providers>);
  await userEvent.keyboard("D-1{Enter}");
  expect(await screen.findByRole("heading", { name: "Good" })).toBeInTheDocument();
  expect(screen.getByText("Free dessert · €2.50")).toBeInTheDocument();
  await userEvent.keyboard("D-1{Enter}");
  expect(await screen.findByText("Coupon D-1 was used at 12:00 by ann@example.com")).toBeInTheDocument();
  expect(screen.getByRole("heading", { name: "Not good" })).toBeInTheDocument();
  expect(calls.filter((call) => call.method === "POST").map((call) => call.body)).toEqual([{ code: "D-1" }, { code: "D-1" }]);
  expect(screen.getByLabelText("Code of the coupon")).toHaveFocus();
});
