import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

import { urlOf } from "./client";
import type { Schema } from "./types";

/** How often pages that show what happens now are read again, in milliseconds, when nobody tells them. */
export const every = { transcript: 2000, carriers: 2000, list: 4000, home: 5000 };

/** How much less often while events tell what happens. */
const calmer = 10;

/** Events that come at once cause one reading. */
const together = 700;

/** When a stream that the gateway refused is asked for again, in milliseconds. */
const again = 30_000;

/** LiveEvent is what concerns needs of an event. */
type LiveEvent = Pick<Schema<"LiveEvent">, "short_code" | "msisdn">;

const desk = ["/handoffs", "/handoffs/"];
const kinds = ["message.in", "message.out", "status", "handoff", "review", "order", "carrier", "reset"];

/**
 * concerns lists the paths that show what has happened; one that ends in / is
 * all below it. Those who see no phones know a transcript by another name.
 */
export function concerns(kind: string, { short_code = "", msisdn = "" }: LiveEvent): string[] {
  const threads = `/threads/${short_code}/`;
  switch (kind) {
    case "message.in":
    case "message.out":
    case "status":
      return ["/threads", /^\d+$/.test(msisdn) ? threads + msisdn : threads, ...(kind === "status" ? [] : desk)];
    case "handoff":
      return [...desk, "/threads", threads, "/home"];
    case "review":
      return ["/reviews", "/home"];
    case "order":
      return ["/orders", "/home"];
    case "carrier":
      return ["/carriers", "/home"];
    default: // events were lost: anything may have happened
      return [...desk, "/threads", "/threads/", "/reviews", "/orders", "/carriers", "/home"];
  }
}

/** invalidate marks what was read of these paths as old: what is shown of it is read again at once. */
export function invalidate(client: QueryClient, paths: string[]): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey: [key] }) => paths.some((path) => key === path || (path.endsWith("/") && String(key).startsWith(path))),
  });
}

/** Whether events come. */
const stream = (() => {
  let open = false;
  const listeners = new Set<() => void>();
  return {
    read: () => open,
    set(now: boolean) {
      open = now;
      listeners.forEach((listen) => { listen(); });
    },
    subscribe(listen: () => void) {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
  };
})();

/** useEvery is how often to read again: rarely while events come. */
export const useEvery = (milliseconds: number): number => (useSyncExternalStore(stream.subscribe, stream.read) ? milliseconds * calmer : milliseconds);

/**
 * useEvents listens to what happens while the page is looked at, and has what
 * it concerns read again. A page in the background would keep a connection from
 * others: browsers open few to one host.
 */
export function useEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    if (typeof EventSource === "undefined") return;
    let source: EventSource | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const waiting = new Set<string>();
    const gather = (paths: string[]) => {
      paths.forEach((path) => waiting.add(path));
      gathering ??= setTimeout(() => {
        gathering = undefined;
        void invalidate(client, [...waiting]);
        waiting.clear();
      }, together);
    };
    const close = () => {
      source?.close();
      source = undefined;
      clearTimeout(retry);
      stream.set(false);
    };
    const open = () => {
      close();
      if (document.hidden) return;
      const here = (source = new EventSource(urlOf("/events")));
      here.onopen = () => {
        stream.set(true);
        gather(concerns("reset", {})); // what happened before it was open
      };
      here.onerror = () => {
        stream.set(false);
        if (here.readyState === EventSource.CLOSED) retry = setTimeout(open, again);
      };
      for (const kind of kinds) {
        here.addEventListener(kind, (event: MessageEvent<string>) => { gather(concerns(kind, JSON.parse(event.data) as LiveEvent)); });
      }
    };
    open();
    document.addEventListener("visibilitychange", open);
    return () => {
      document.removeEventListener("visibilitychange", open);
      clearTimeout(gathering);
      close();
    };
  }, [client]);
}
