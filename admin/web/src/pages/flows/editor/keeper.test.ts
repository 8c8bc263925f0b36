import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ApiError } from "../../../api/client";
import { Keeper, type Copy, type Kept, type Shelf } from "./keeper";

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

function shelf(copy?: Copy): Shelf & { copy: Copy | undefined } {
  const it = {
    copy,
    read: () => it.copy,
    write: (next: Copy) => { it.copy = next; },
    clear: () => { it.copy = undefined; },
  };
  return it;
}

/** A gateway with one draft, that fails as it is told. */
function gateway(kept: Kept) {
  const it = {
    kept,
    puts: [] as [string, string][],
    fails: [] as ApiError[],
    put: async (source: string, over: string) => {
      it.puts.push([source, over]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const failure = it.fails.shift();
      if (failure) throw failure;
      if (over !== it.kept.etag) throw new ApiError(412);
      it.kept = { source, etag: `e-${source}` };
      return it.kept.etag;
    },
    get: () => Promise.resolve(it.kept),
  };
  return it;
}

const first: Kept = { source: "a", etag: "e-a" };

function start(copy?: Copy, kept = first) {
  const held = shelf(copy);
  const server = gateway(kept);
  const keeper = new Keeper(first, server, held);
  return { held, server, keeper, source: keeper.begin() };
}

it("keeps a second after the last change, once", async () => {
  const { keeper, server, held } = start();
  keeper.change("b");
  await vi.advanceTimersByTimeAsync(900);
  keeper.change("c");
  expect(held.copy).toEqual({ source: "c", over: "e-a" });
  expect(keeper.read().kind).toBe("waiting");
  await vi.advanceTimersByTimeAsync(1050);
  expect(keeper.read().kind).toBe("saving");
  await vi.advanceTimersByTimeAsync(100);
  expect(server.puts).toEqual([["c", "e-a"]]);
  expect(keeper.read().kind).toBe("saved");
  expect(held.copy).toBeUndefined();
});

it("sends one request at a time, each over the one before", async () => {
  const { keeper, server } = start();
  keeper.change("b");
  await vi.advanceTimersByTimeAsync(1050);
  keeper.change("c");
  await vi.advanceTimersByTimeAsync(2000);
  expect(server.puts).toEqual([["b", "e-a"], ["c", "e-b"]]);
  expect(keeper.read().kind).toBe("saved");
});

it("has nothing to keep when a change is taken back", () => {
  const { keeper, held } = start();
  keeper.change("b");
  keeper.change("a");
  expect(keeper.read().kind).toBe("saved");
  expect(held.copy).toBeUndefined();
});

it("tries again while the gateway is away, and then keeps the newest", async () => {
  const { keeper, server, held } = start();
  server.fails = [new ApiError(0), new ApiError(503)];
  keeper.change("b");
  await vi.advanceTimersByTimeAsync(1200);
  expect(keeper.read().kind).toBe("offline");
  keeper.change("c");
  expect(held.copy?.source).toBe("c");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(keeper.read().kind).toBe("saved");
  expect(server.kept.source).toBe("c");
});

it("tells when the gateway refuses, and tries the next change", async () => {
  const { keeper, server } = start();
  server.fails = [new ApiError(422, { detail: "the flow calls itself x" })];
  keeper.change("b");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(keeper.read().kind).toBe("refused");
  expect(server.puts).toHaveLength(1);
  keeper.change("c");
  await vi.advanceTimersByTimeAsync(1200);
  expect(keeper.read().kind).toBe("saved");
});

it("writes over nobody: mine, once I say so", async () => {
  const { keeper, server, held } = start();
  server.kept = { source: "theirs", etag: "e-theirs" };
  keeper.change("b");
  await vi.advanceTimersByTimeAsync(1200);
  expect(keeper.read()).toEqual({ kind: "conflict", theirs: server.kept });
  keeper.change("b2");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.puts).toHaveLength(1);
  expect(held.copy?.source).toBe("b2");
  keeper.mine();
  await vi.advanceTimersByTimeAsync(200);
  expect(server.kept.source).toBe("b2");
  expect(keeper.read().kind).toBe("saved");
});

it("writes over nobody: theirs, once I say so", async () => {
  const { keeper, server, held } = start();
  server.kept = { source: "theirs", etag: "e-theirs" };
  keeper.change("b");
  await vi.advanceTimersByTimeAsync(1200);
  expect(keeper.theirs()).toBe("theirs");
  expect(keeper.read().kind).toBe("saved");
  expect(held.copy).toBeUndefined();
});

it("is no conflict when both wrote the same", async () => {
  const { keeper, server } = start();
  server.kept = { source: "b", etag: "e-b" };
  keeper.change("b");
  await vi.advanceTimersByTimeAsync(1200);
  expect(keeper.read().kind).toBe("saved");
});

it("goes on with what was left on the shelf", async () => {
  const { source, server } = start({ source: "left", over: "e-a" });
  expect(source).toBe("left");
  await vi.advanceTimersByTimeAsync(1200);
  expect(server.kept.source).toBe("left");
});

it("asks when what was left was written over something older", async () => {
  const { keeper, source, server } = start({ source: "left", over: "e-older" });
  expect(source).toBe("left");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(keeper.read().kind).toBe("conflict");
  expect(server.puts).toEqual([]);
});

it("keeps at once when it is asked to", async () => {
  const { keeper, server } = start();
  keeper.change("b");
  const flushed = keeper.flush();
  await vi.advanceTimersByTimeAsync(150);
  expect(await flushed).toBe(true);
  expect(server.kept.source).toBe("b");
});
