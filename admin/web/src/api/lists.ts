import { useInfiniteQuery } from "@tanstack/react-query";

import { api, type Query } from "./client";
import type { List } from "./types";

export interface CursorList<T> {
  items: T[];
  isPending: boolean;
  /** Set when nothing could be read; rows that are there stay. */
  error: Error | null;
  hasMore: boolean;
  /** How many rows the last page had: a search can end a page early, and go on. */
  lastSize: number;
  /** Where the next page begins. */
  next: string | undefined;
  loadingMore: boolean;
  loadMore: () => void;
  retry: () => void;
}

export interface ListOptions {
  /** Milliseconds after which the list is read again by itself. */
  every?: number;
  limit?: number;
}

/** useCursorList reads a list of the API page by page, as far as it is looked at. */
export function useCursorList<T>(path: string, query: Query = {}, options: ListOptions = {}): CursorList<T> {
  const found = useInfiniteQuery({
    queryKey: [path, query],
    queryFn: ({ pageParam, signal }) => api.get<List<T>>(path, { query: { ...query, cursor: pageParam, limit: options.limit }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    // Each page of a long list is read again, so that is done less often.
    refetchInterval: ({ state }) => (options.every ? options.every * (state.data?.pages.length ?? 1) ** 2 : false),
  });
  const items = found.data?.pages.flatMap((page) => page.items ?? []) ?? [];
  return {
    items,
    isPending: found.isPending,
    error: found.error,
    hasMore: found.hasNextPage,
    lastSize: found.data?.pages.at(-1)?.items?.length ?? 0,
    next: found.data?.pages.at(-1)?.next || undefined,
    loadingMore: found.isFetchingNextPage,
    loadMore: () => {
      if (found.hasNextPage && !found.isFetchingNextPage && !found.isFetchNextPageError) void found.fetchNextPage();
    },
    retry: () => void (found.isFetchNextPageError ? found.fetchNextPage() : found.refetch()),
  };
}
