import { useMemo, useState } from "react";

import { documentOf, draftOf, type Draft } from "./draft";
import type { Errors } from "./errors";
import type { Field } from "./model";

export interface DraftState {
  field: Field;
  draft: Draft;
  errors: Errors;
  /** Whether the document would be another than the one that was read. */
  dirty: boolean;
  document: unknown;
  set: (path: string, value: Draft) => void;
  setErrors: (errors: Errors) => void;
  /** Takes another document as the one that was read, or as a change of it. */
  take: (document: unknown, changed?: boolean) => void;
}

/** useDraft holds a document while it is edited. */
export function useDraft(field: Field, document: unknown): DraftState {
  const [before, setBefore] = useState(() => textOf(field, draftOf(field, document)));
  const [draft, setDraft] = useState(() => draftOf(field, document));
  const [errors, setErrors] = useState<Errors>({});
  const now = useMemo(() => documentOf(field, draft) ?? {}, [field, draft]);
  return {
    field,
    draft,
    errors,
    dirty: JSON.stringify(now) !== before,
    document: now,
    set: (path, value) => {
      setDraft((current) => put(current, path, value));
      setErrors((current) => clear(current, path));
    },
    setErrors,
    take: (next, changed = false) => {
      const made = draftOf(field, next);
      setDraft(made);
      setErrors({});
      if (!changed) setBefore(textOf(field, made));
    },
  };
}

const textOf = (field: Field, draft: Draft) => JSON.stringify(documentOf(field, draft) ?? {});

type Tree = Record<string, Draft>;

/** at is the part of a draft at a path. */
export const at = (draft: Draft, path: string): Draft | undefined =>
  path === "" ? draft : path.split(".").reduce<Draft | undefined>((part, key) => (part as Tree | undefined)?.[key], draft);

/** put makes a draft with another value at a path. */
export function put(draft: Draft, path: string, value: Draft): Draft {
  if (path === "") return value;
  const [key = "", ...rest] = path.split(".");
  const inner = put((draft as Tree)[key] ?? "", rest.join("."), value);
  if (Array.isArray(draft)) return (draft as Draft[]).map((item, i) => (String(i) === key ? inner : item));
  return { ...(draft as Tree), [key]: inner };
}

/** clear drops what was wrong at a path and below: it is being changed. */
const clear = (errors: Errors, path: string): Errors =>
  Object.fromEntries(Object.entries(errors).filter(([where]) => where !== path && !where.startsWith(`${path}.`)));
