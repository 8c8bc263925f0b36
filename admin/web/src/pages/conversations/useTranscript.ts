import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, segment } from "../../api/client";
import { every, useEvery } from "../../api/live";
import type { ThreadDoc } from "../../api/types";
import { extended, refreshed, type TranscriptData } from "./transcript";

/** useTranscript reads a thread: its newest texts again and again, older ones when they are asked for. */
export function useTranscript(shortCode: string, ref: string) {
  const client = useQueryClient();
  const path = `/threads/${segment(shortCode)}/${segment(ref)}`;
  const key = [path];
  const found = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const doc = await api.get<ThreadDoc>(path, { signal });
      return refreshed(client.getQueryData<TranscriptData>(key), doc);
    },
    refetchInterval: useEvery(every.transcript),
  });
  const next = found.data?.next;
  const more = useMutation({
    mutationFn: () => api.get<ThreadDoc>(path, { query: { cursor: next } }),
    onSuccess: (doc) => client.setQueryData<TranscriptData>(key, (known) => known && extended(known, doc)),
  });
  return {
    data: found.data,
    error: found.error,
    retry: () => void found.refetch(),
    older: { more: next !== undefined, loading: more.isPending, load: () => { if (!more.isPending) more.mutate(); } },
  };
}
