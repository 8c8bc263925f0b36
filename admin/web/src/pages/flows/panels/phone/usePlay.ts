import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";

import { api, ApiError } from "../../../../api/client";
import type { Schema } from "../../../../api/types";

export type Played = Schema<"Played">;

const nothing: Played = { moments: [], script: "" };

/**
 * usePlay plays lines from the beginning with a source. While the source has
 * errors it keeps what was played last, and says so.
 */
export function usePlay(source: string, program: string | undefined, lines: string[]) {
  const last = useRef(nothing);
  return useQuery({
    queryKey: ["/flows/play", source, program ?? "", lines],
    queryFn: async ({ signal }) => {
      if (lines.length === 0) return { played: (last.current = nothing), broken: false };
      try {
        last.current = await api.post<Played>("/flows/play", { source, lines, ...(program && { program }) }, { signal });
        return { played: last.current, broken: false };
      } catch (error) {
        if (error instanceof ApiError && error.status === 422) return { played: last.current, broken: true };
        throw error;
      }
    },
    placeholderData: (before) => before,
    gcTime: 30_000,
  });
}
