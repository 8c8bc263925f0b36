import { expect, it } from "vitest";

import { colorOf, markOf, nameOf } from "./status";
import { texts } from "./texts";

it("has a mark for each status of a message to a phone", () => {
  expect(["queued", "sending", "held", "sent", "delivered", "undelivered", "rejected", "refused", "cancelled", "expired", "unknown"].map(markOf)).toEqual(
    ["waiting", "waiting", "held", "sent", "delivered", "failed", "failed", "refused", "refused", "refused", "unknown"]);
  expect(markOf("toString")).toBe("unknown");
});

it("does not alarm about texts of phones", () => {
  expect(colorOf("turn")).toBe("gray");
  expect(colorOf("failed")).toBe("red");
});

it("names what it knows, and keeps what it does not", () => {
  expect(nameOf("delivered", texts.fr.status)).toBe("Remis");
  expect(nameOf("teleported", texts.fr.status)).toBe("teleported");
});
