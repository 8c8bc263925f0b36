import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";

import { concerns, invalidate } from "./live";

it("reads the transcript of a phone again when it writes", () => {
  expect(concerns("message.in", { short_code: "36111", msisdn: "33612345678" })).toContain("/threads/36111/33612345678");
});

it("reads all transcripts of the short code again for those who see no phones", () => {
  expect(concerns("status", { short_code: "36111", msisdn: "336…78" })).toContain("/threads/36111/");
});

it("reads everything again when events were lost", () => {
  expect(concerns("reset", {})).toEqual(expect.arrayContaining(["/threads", "/threads/", "/handoffs/", "/orders", "/reviews", "/carriers", "/home"]));
});

it("marks what an event concerns, and nothing else", async () => {
  const client = new QueryClient();
  const keys = [["/threads", {}], ["/threads/36111/33612345678"], ["/threads/36111/33600000001"], ["/orders", {}]];
  keys.forEach((key) => client.setQueryData(key, 1));
  await invalidate(client, concerns("status", { short_code: "36111", msisdn: "33612345678" }));
  expect(keys.map((key) => client.getQueryState(key)?.isInvalidated)).toEqual([true, true, false, false]);
});
