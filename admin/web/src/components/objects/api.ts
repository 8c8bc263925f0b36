import { queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";

import { api, ApiError, segment, type Tagged } from "../../api/client";
import type { CursorList } from "../../api/lists";
import type { List, Schema } from "../../api/types";
import type { JsonSchema } from "../schema-form";
import type { Kind } from "./kinds";

/** Stored is an object with its document, that of a keyword being a list. */
export type Stored<D = Record<string, unknown>> = Omit<Schema<"Object">, "object"> & { object: D };
export type Planned = Schema<"Planned">;
export type ObjectTrouble = Schema<"ObjectTrouble">;

const path = (kind: Kind, key: string) => `/objects/${kind}/${segment(key)}`;

export const objectsQuery = <D = Record<string, unknown>>(kind: Kind) =>
  queryOptions({
    queryKey: ["/objects", kind],
    queryFn: async ({ signal }) => (await api.get<List<Stored<D>>>(`/objects/${kind}`, { signal })).items ?? [],
  });

/** useObjects lists the objects of a kind. */
export const useObjects = <D = Record<string, unknown>>(kind: Kind) => useQuery(objectsQuery<D>(kind));

/** asList shows what is there as a whole in a table of lists. */
export const asList = <T>(found: Pick<UseQueryResult, "isPending" | "error" | "refetch">, items: T[]): CursorList<T> => ({
  items, isPending: found.isPending, error: found.error, hasMore: false, lastSize: items.length, next: undefined, loadingMore: false, loadMore: () => undefined, retry: () => void found.refetch(),
});

/** useNames lists the keys of a kind, for references to it. */
export const useNames = (kind: Kind): string[] => useObjects(kind).data?.map((o) => o.key) ?? [];

export const schemaQuery = (kind: Kind) =>
  queryOptions({ queryKey: ["/schemas", kind], queryFn: ({ signal }) => api.get<JsonSchema>(`/schemas/${kind}`, { signal }), staleTime: Infinity });

/** useProblems are those of the configuration as it is. */
export const useProblems = () =>
  useQuery({ queryKey: ["/problems"], queryFn: async ({ signal }) => (await api.get<List<ObjectTrouble>>("/problems", { signal })).items ?? [] });

export const loadObject = (kind: Kind, key: string, signal?: AbortSignal): Promise<Tagged<Stored<unknown>>> => api.tagged<Stored<unknown>>(path(kind, key), { signal });

/** loadTheirs is what somebody else made of an object; undefined when they deleted it. */
export async function loadTheirs(kind: Kind, key: string): Promise<Tagged<Stored<unknown>> | undefined> {
  try {
    return await loadObject(kind, key);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** putObject changes the object that had the etag; without one, it must be new. */
export const putObject = (kind: Kind, key: string, document: unknown, etag: string | undefined): Promise<Planned> =>
  api.put<Planned>(path(kind, key), document, etag ? { ifMatch: etag } : { headers: { "If-None-Match": "*" } });

export const deleteObject = (kind: Kind, key: string, etag: string): Promise<void> => api.del(path(kind, key), undefined, { ifMatch: etag });
