import { useLocalStorage } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo } from "react";

import { api, segment } from "../../../api/client";
import type { Schema } from "../../../api/types";
import type { Flow } from "./model/flow";
import { numbersOf, type Numbers } from "./model/insight";

/** The periods that can be chosen, in hours. */
export const periods = { day: 24, week: 168 } as const;
export type Period = keyof typeof periods | "off";

/** usePeriod is the period whose numbers are shown, kept in this browser. */
export function usePeriod(): [Period, (period: Period) => void] {
  const [kept, keep] = useLocalStorage<Period>({ key: "repartee-flow-numbers", defaultValue: "day", getInitialValueInEffect: false });
  return [kept in periods ? kept : "off", keep];
}

/** usePassages reads how people went through a flow, and reads it again as long as it is shown. */
export const usePassages = (name: string, period: Period) =>
  useQuery({
    queryKey: ["/flows", name, "passages", period],
    queryFn: ({ signal }) => api.get<Schema<"Passages">>(`/flows/${segment(name)}/passages?hours=${period === "off" ? periods.week : periods[period]}`, { signal }),
    enabled: period !== "off",
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  });

/** useNumbersOf are the numbers beside the states and ways of the flow as it is now. */
export function useNumbersOf(flow: Flow, passages: Schema<"Passages"> | undefined, period: Period): Numbers | "off" | "reading" {
  const read = useDeferredValue(flow);
  return useMemo(() => (period === "off" ? "off" : passages ? numbersOf(read, passages) : "reading"), [read, passages, period]);
}
