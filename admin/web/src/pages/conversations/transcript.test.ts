import { expect, it } from "vitest";

import type { Message, ThreadDoc } from "../../api/types";
import { extended, refreshed } from "./transcript";

const doc = (ids: number[], next?: string, status = "sent"): ThreadDoc => ({
  msisdn: "33612345678", short_code: "36111", stopped: false, conversations: [],
  messages: { items: ids.map((id) => ({ id: String(id), status }) as Message), ...(next && { next }) },
});
const ids = (data: { messages: Message[] }) => data.messages.map((m) => Number(m.id));

it("keeps the older messages that were read when newer ones come", () => {
  let data = refreshed(undefined, doc([9, 8, 7], "7"));
  data = extended(data, doc([6, 5, 4], "4"));
  data = refreshed(data, doc([10, 9, 8], "8", "delivered"));
  expect(ids(data)).toEqual([10, 9, 8, 7, 6, 5, 4]);
  expect(data.messages.map((m) => m.status)).toEqual(["delivered", "delivered", "delivered", "sent", "sent", "sent", "sent"]);
  expect(data.next).toBe("4");
});

it("leaves no gap when more came than one page shows", () => {
  const data = refreshed(refreshed(undefined, doc([3, 2, 1])), doc([9, 8, 7], "7"));
  expect(ids(data)).toEqual([9, 8, 7]);
  expect(data.next).toBe("7");
});

it("knows when there is nothing older", () => {
  const data = extended(refreshed(undefined, doc([9, 8], "8")), doc([7]));
  expect(data.next).toBeUndefined();
  expect(refreshed(data, doc([9, 8], "8")).next).toBeUndefined();
});

it("compares ids as numbers, whatever their length", () => {
  expect(ids(refreshed(extended(refreshed(undefined, doc([100, 99], "99")), doc([98, 9])), doc([100, 99], "99")))).toEqual([100, 99, 98, 9]);
});
