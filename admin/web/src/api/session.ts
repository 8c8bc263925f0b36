import { queryOptions, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { api, ApiError } from "./client";
import type { Me, Right } from "./types";

/** The session's query: who is signed in, null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await api.get<Me>("/session", { signal });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** useMe is who is signed in. Pages are shown to those alone, so there is one. */
export function useMe(): Me {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error("a page is shown, but nobody is signed in");
  return data;
}

export const may = (me: Me, right: Right | undefined): boolean => !right || me.rights.includes(right);

/** useMay reports whether who is signed in has a right. */
export function useMay(right: Right): boolean {
  return may(useMe(), right);
}

/** useSignedIn takes who has just signed in, and forgets what others saw. */
export function useSignedIn(): (me: Me) => void {
  const client = useQueryClient();
  return (me) => {
    forgetAll(client);
    client.setQueryData(sessionQuery.queryKey, me);
  };
}

/** signedOutNow forgets who was signed in, and what they saw. */
export function signedOutNow(client: QueryClient): void {
  forgetAll(client);
  client.setQueryData(sessionQuery.queryKey, null);
}

function forgetAll(client: QueryClient): void {
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionQuery.queryKey[0] });
}
