import { Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";

import { useFormat } from "../i18n";

/** One clock for all times on the page; it ticks while anything shows one. */
const clock = (() => {
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const listeners = new Set<() => void>();
  const tick = () => {
    now = Date.now();
    listeners.forEach((listen) => { listen(); });
  };
  return {
    read: () => now,
    subscribe(listen: () => void) {
      if (listeners.size === 0) {
        now = Date.now();
        timer = setInterval(tick, 20_000);
      }
      listeners.add(listen);
      return () => {
        listeners.delete(listen);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
  };
})();

/** useNow is the time, to 20 seconds. */
export const useNow = (): number => useSyncExternalStore(clock.subscribe, clock.read);

/** RelativeTime tells how long ago something was, and exactly when on hover. */
export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  const format = useFormat();
  return (
    <Tooltip label={format.exact(at)}>
      <time dateTime={at} style={{ whiteSpace: "nowrap" }}>
        {format.ago(at, now)}
      </time>
    </Tooltip>
  );
}
