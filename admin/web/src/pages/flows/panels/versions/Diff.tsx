import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useComputedColorScheme } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef } from "react";

const colors = syntaxHighlighting(HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--mantine-color-anchor)" },
  { tag: tags.comment, color: "var(--mantine-color-dimmed)" },
]));

export type View = "changes" | "all" | "source";

interface DiffProps {
  before: string;
  after: string;
  label: string;
  /** What stands for lines that are the same, with a $ for how many. */
  unchanged: string;
  /** What differs, all lines, or only the source before. */
  view: View;
}

/** Diff shows two sources side by side, or in one column where there is no room. */
export default function Diff({ before, after, label, unchanged, view }: DiffProps) {
  const box = useRef<HTMLDivElement>(null);
  const narrow = useMediaQuery("(max-width: 62em)");
  const dark = useComputedColorScheme() === "dark";
  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const reading = [
      lineNumbers(), yaml(), colors, EditorView.lineWrapping,
      EditorState.readOnly.of(true), EditorView.contentAttributes.of({ "aria-label": label }),
      EditorState.phrases.of({ "$ unchanged lines": unchanged }),
      EditorView.theme({ "&": { fontSize: "0.8125rem" }, ".cm-gutters": { background: "transparent" } }, { dark }),
    ];
    const collapsed = view === "all" ? {} : { collapseUnchanged: { margin: 3, minSize: 6 } };
    const shown =
      view === "source"
        ? new EditorView({ parent, doc: before, extensions: reading })
        : narrow
          ? new EditorView({ parent, doc: after, extensions: [...reading, unifiedMergeView({ original: before, mergeControls: false, ...collapsed })] })
          : new MergeView({ parent, a: { doc: before, extensions: reading }, b: { doc: after, extensions: reading }, ...collapsed });
    return () => { shown.destroy(); };
  }, [before, after, label, unchanged, view, narrow, dark]);
  return <div ref={box} style={{ maxHeight: "70dvh", overflow: "auto" }} />;
}
