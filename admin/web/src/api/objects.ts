import { useQuery } from "@tanstack/react-query";

import { api } from "./client";
import type { List, Schema } from "./types";

/** ProgramObject is what pages of the desk need of a program's document. */
export interface ProgramObject {
  name: string;
  brand: string;
  canned?: { title: string; text: string }[];
}

/** PlaceObject is what they need of a place's. */
export interface PlaceObject {
  name: string;
  title: string;
}

/** ShortCodeObject is what they need of a short code's. */
export interface ShortCodeObject {
  number: string;
  program?: string;
}

/** useObjects reads the configuration objects of a kind: those that the caller reaches. */
export function useObjects<T>(kind: string): T[] {
  const { data } = useQuery({
    queryKey: [`/objects/${kind}`],
    queryFn: ({ signal }) => api.get<List<Schema<"Object">>>(`/objects/${kind}`, { signal }),
    staleTime: 60_000,
  });
  return (data?.items ?? []).map((item) => item.object as T);
}
