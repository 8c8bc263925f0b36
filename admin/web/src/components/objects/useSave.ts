import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ApiError } from "../../api/client";
import { common, useTexts } from "../../i18n";
import { messageOf } from "../errors";
import { loadTheirs, putObject, type Planned } from "./api";
import type { Clash } from "./Conflict";
import type { Kind } from "./kinds";
import { texts } from "./texts";

/** Saving is one attempt to save: what, under which key, over which version. */
export interface Saving {
  key: string;
  document: unknown;
  etag: string | undefined;
}

interface Options {
  kind: Kind;
  /** Takes what the API says of fields; what is left is to be told above the form. */
  place: (error: ApiError) => string[];
  done: (saving: Saving, planned: Planned) => unknown;
}

/** useSave saves objects, and tells what came of it. */
export function useSave({ kind, place, done }: Options) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const client = useQueryClient();
  const [problems, setProblems] = useState<string[]>([]);
  const [clash, setClash] = useState<Clash>();
  const [exists, setExists] = useState<string>();
  const save = useMutation({
    mutationFn: async (saving: Saving) => {
      setProblems([]);
      setExists(undefined);
      try {
        const planned = await putObject(kind, saving.key, saving.document, saving.etag);
        setClash(undefined);
        await client.invalidateQueries({ predicate: ({ queryKey: [first] }) => first === "/objects" || first === "/problems" });
        tell(t, t.one[kind], planned);
        await done(saving, planned);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.changed && !saving.etag) setExists(saving.key);
        else if (error.changed) setClash({ theirs: await loadTheirs(kind, saving.key), mine: saving.document });
        else if (error.errors.length > 0) setProblems(place(error));
        else setProblems([messageOf(error, c.errors)]);
        if (!error.changed) setClash(undefined);
      }
    },
    onError: (error) => { setProblems([messageOf(error, c.errors)]); },
  });
  return { save: save.mutate, busy: save.isPending, problems, setProblems, clash, setClash, exists, setExists };
}

function tell(t: { savedAs: (what: string) => string; nothing: string; warnings: string }, what: string, { plan, warnings }: Planned): void {
  const changed = plan.some((c) => c.op !== "keep");
  notifications.show({ color: "teal", message: changed ? t.savedAs(what) : t.nothing });
  if (warnings.length > 0) notifications.show({ color: "yellow", title: t.warnings, message: warnings.map((w) => (w.hint ? `${w.text}: ${w.hint}` : w.text)).join("\n"), autoClose: 15_000, style: { whiteSpace: "pre-line" } });
}
