import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, segment } from "../../../api/client";
import type { Schema } from "../../../api/types";

export type FlowDoc = Schema<"FlowDoc">;
export type Version = Schema<"FlowRelease">;

export const flowPath = (name: string) => `/flows/${segment(name)}`;

/** useFlow reads a flow and its versions, anew wherever it begins to be shown: the editor keeps drafts without telling. */
export const useFlow = (name: string) =>
  useQuery({ queryKey: ["/flows", name], queryFn: ({ signal }) => api.get<FlowDoc>(flowPath(name), { signal }), refetchOnMount: "always" });

/** releaseQuery reads the source of a version, which never changes. */
export const releaseQuery = (name: string, version: number) => ({
  queryKey: ["/flows", name, "versions", version],
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await api.get<Schema<"Source">>(`${flowPath(name)}/versions/${version}`, { signal })).source,
  staleTime: Infinity,
});

/** useCheck reads what a source means: its inputs, languages, sizes of texts. */
export const useCheck = (source: string, program?: string) =>
  useQuery({
    queryKey: ["/flows/check", source, program ?? ""],
    queryFn: ({ signal }) => api.post<Schema<"Checked">>("/flows/check", { source, ...(program && { program }) }, { signal }),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
