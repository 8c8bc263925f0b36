import { useQuery } from "@tanstack/react-query";

import { api } from "../../../api/client";
import type { List } from "../../../api/types";

interface Stored {
  key: string;
  object: { program?: string; staff?: Record<string, unknown> };
}

/** The kinds of configuration objects that parameters of actions name. */
const kinds: Record<string, string> = { "issue offer": "offers", "vote poll": "polls", "draw game": "games", "webhook name": "webhooks", "notify staff": "programs", "subscribe": "programs", "unsubscribe": "programs" };

function useObjects(kind: string | undefined): Stored[] {
  const { data } = useQuery({
    queryKey: [`/objects/${kind ?? ""}`, "names"],
    queryFn: ({ signal }) => api.get<List<Stored>>(`/objects/${kind ?? ""}`, { signal }),
    enabled: kind !== undefined,
    staleTime: 60_000,
  });
  return data?.items ?? [];
}

/** useChoices are what a parameter of an action may name: offers, polls, staff groups … of the program. */
export function useChoices(action: string, parameter: string, program: string | undefined): string[] {
  const kind = kinds[`${action} ${parameter}`.trim()];
  const found = useObjects(kind);
  const flows = useQuery({
    queryKey: ["/flows", "names"],
    queryFn: ({ signal }) => api.get<List<{ name: string }>>("/flows", { signal }),
    enabled: action === "start" && parameter === "flow",
    staleTime: 60_000,
  });
  if (action === "start") return flows.data?.items?.map((f) => f.name) ?? [];
  if (action === "lookup" && parameter === "in") return ["places", "items", "orders"];
  if (action === "notify") return Object.keys(found.find((o) => o.key === program)?.object.staff ?? {});
  return found.filter((o) => !o.object.program || !program || o.object.program === program).map((o) => o.key);
}

/** useContactFields are the fields of contacts that this installation has declared. */
export const useContactFields = (): string[] => useObjects("contact_fields").map((o) => o.key);
