import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useParams } from "react-router";

import { api, request, segment } from "../../../api/client";
import { useMay } from "../../../api/session";
import type { Schema } from "../../../api/types";
import { ErrorState, Page, Skeletons } from "../../../components";
import { Editor } from "./Editor";
import type { Gateway } from "./keeper";

const read = (name: string, signal?: AbortSignal) => api.tagged<Schema<"FlowDoc">>(`/flows/${segment(name)}`, { signal });

/** gatewayOf keeps the draft of a flow over the API. */
function gatewayOf(name: string): Gateway {
  return {
    put: async (source, over) => {
      const options = { headers: { "Content-Type": "application/json" }, ifMatch: over };
      const answer = await request("PUT", `/flows/${segment(name)}/draft`, JSON.stringify({ source }), options);
      return answer.headers.get("ETag") ?? "";
    },
    get: async () => {
      const { data, etag } = await read(name);
      return { source: data.source, etag };
    },
  };
}

/** FlowEditor opens the flow of the address. */
export default function FlowEditor() {
  const { name = "" } = useParams();
  return <Opened key={name} name={name} />;
}

function Opened({ name }: { name: string }) {
  const mayEdit = useMay("edit");
  // Read once: from then on the editor has the newest, and keeps it.
  const { data, error, refetch } = useQuery({
    queryKey: ["flow editor", name],
    queryFn: ({ signal }) => read(name, signal),
    staleTime: Infinity,
    gcTime: 0,
  });
  const gateway = useMemo(() => gatewayOf(name), [name]);
  if (error) return <Page title={name}><ErrorState error={error} retry={() => void refetch()} /></Page>;
  if (!data) return <Page title={name}><Skeletons height={160} count={4} /></Page>;
  return <Editor name={name} kept={{ source: data.data.source, etag: data.etag }} programs={data.data.programs} gateway={gateway} readOnly={!mayEdit} />;
}
