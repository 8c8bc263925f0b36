import { useInfiniteQuery } from "@tanstack/react-query";

import { api, type Query } from "./client";
import type { List } from "./types";

export interface CursorList<T> {
  items: T[];
  isPending: boolean;
  /** Set when nothing could be read; rows that are there stay. */
  error: Error | null;
  hasMore: boolean;
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
    refetchInterval: options.every ?? false,
  });
  const items = found.data?.pages.flatMap((page) => page.items ?? []) ?? [];
  return {
    items,
    isPending: found.isPending,
    error: found.error,
    hasMore: found.hasNextPage,
    loadingMore: found.isFetchingNextPage,
    loadMore: () => {
      if (found.hasNextPage && !found.isFetchingNextPage && !found.isFetchNextPageError) void found.fetchNextPage();
    },
    retry: () => void (found.isFetchNextPageError ? found.fetchNextPage() : found.refetch()),
  };
}
