import { useState } from "react";

import classes from "../editor.module.css";

interface InlineProps {
  label: string;
  value: string;
  onCommit: (value: string) => void;
  readOnly?: boolean;
  placeholder?: string;
  /** The label is said, not shown. */
  bare?: boolean;
  mono?: boolean;
}

/** Inline is a small field in a line of words: it is taken over with Enter, or when it is left. */
export function Inline({ label, value, onCommit, readOnly = false, placeholder, bare = false, mono = false }: InlineProps) {
  const [draft, setDraft] = useState<string>();
  const shown = draft ?? value;
  const commit = () => {
    if (draft !== undefined && draft !== value) onCommit(draft);
    setDraft(undefined);
  };
  return (
    <label className={classes.inline}>
      {!bare && <span>{label}</span>}
      <input
        aria-label={label}
        value={shown}
        size={Math.max(3, Math.min(shown.length || (placeholder?.length ?? 0), 48))}
        readOnly={readOnly}
        placeholder={placeholder}
        data-mono={mono || undefined}
        data-document={draft === undefined ? true : undefined}
        onChange={(event) => { setDraft(event.target.value); }}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
          if (event.key === "Escape") setDraft(undefined);
        }}
      />
    </label>
  );
}
