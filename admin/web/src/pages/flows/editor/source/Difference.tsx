import { yaml } from "@codemirror/lang-yaml";
import { MergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";

import classes from "../editor.module.css";
import { look } from "./look";

interface DifferenceProps {
  before: string;
  after: string;
  labels: [string, string];
}

/** Difference shows two sources side by side. */
export default function Difference({ before, after, labels }: DifferenceProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current) return undefined;
    const side = (doc: string, label: string) => ({
      doc,
      extensions: [lineNumbers(), yaml(), look, EditorView.lineWrapping, EditorState.readOnly.of(true), EditorView.editable.of(false), EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" })],
    });
    const view = new MergeView({ a: side(before, labels[0]), b: side(after, labels[1]), parent: box.current, collapseUnchanged: { margin: 3, minSize: 6 } });
    return () => { view.destroy(); };
  }, [before, after, labels]);
  return (
    <>
      <div className={classes.differenceHead} aria-hidden><span>{labels[0]}</span><span>{labels[1]}</span></div>
      <div className={classes.difference} ref={box} />
    </>
  );
}
