import { useState } from "react";

import { useTexts } from "../../../../i18n";
import { useEditing } from "../context";
import classes from "../editor.module.css";
import { setComment, setCommentBehind, type Edit } from "../model/edits";
import type { Part } from "../model/flow";
import { texts } from "../texts";

/** Notes are the comments of the source at a part of the flow. */
export function Notes({ part, adding, onAdded }: { part: Part; adding?: boolean; onAdded?: () => void }) {
  return (
    <>
      {(part.comment.above || adding) && <Note text={part.comment.above} write={(text) => setComment(part.path, text)} autoFocus={adding ?? false} onDone={onAdded} />}
      {part.comment.behind && <Note text={part.comment.behind} write={(text) => setCommentBehind(part.path, text)} />}
    </>
  );
}

interface NoteProps {
  text: string;
  write: (text: string) => Edit;
  autoFocus?: boolean;
  onDone?: (() => void) | undefined;
}

/** Note is a comment; it is taken over when it is left, and goes when it is empty. */
export function Note({ text, write, autoFocus = false, onDone }: NoteProps) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  const [draft, setDraft] = useState<string>();
  const shown = draft ?? text;
  return (
    <div className={classes.note}>
      <div className={classes.mirror} aria-hidden>{shown}{"\n"}</div>
      <textarea
        rows={1}
        value={shown}
        aria-label={t.comment}
        placeholder={t.comment}
        readOnly={readOnly}
        autoFocus={autoFocus}
        data-document={draft === undefined ? true : undefined}
        onChange={(event) => { setDraft(event.target.value); }}
        onKeyDown={(event) => { if (event.key === "Escape") setDraft(undefined); }}
        onBlur={() => {
          if (draft !== undefined && draft !== text) edit(write(draft));
          setDraft(undefined);
          onDone?.();
        }}
      />
    </div>
  );
}
