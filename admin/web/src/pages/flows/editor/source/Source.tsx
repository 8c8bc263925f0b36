import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState, Transaction } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";

import { useTexts } from "../../../../i18n";
import classes from "../editor.module.css";
import { offsetOf } from "../../yaml";
import type { Session } from "../session";
import { texts } from "../texts";
import type { Finding } from "../useCheck";
import { completions } from "./completions";
import { look } from "./look";

interface SourceProps {
  session: Session;
  readOnly: boolean;
  findings: Finding[];
  /** The source that the findings are of. */
  checked: string;
  /** A line to show, and which of several wishes it is. */
  place: { line: number; wish: number } | undefined;
}

/** Taken marks what comes from other views: it is not written back. */
const taken = Annotation.define<boolean>();

/** Source is the flow as it is written. */
export default function Source({ session, readOnly, findings, checked, place }: SourceProps) {
  const t = useTexts(texts);
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(undefined);
  const label = t.views.source;
  useEffect(() => {
    if (!box.current) return undefined;
    const view = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: session.read().present,
        extensions: [
          lineNumbers(), foldGutter(), drawSelection(), highlightActiveLine(), highlightActiveLineGutter(), indentOnInput(), bracketMatching(), closeBrackets(), highlightSelectionMatches(), lintGutter(),
          autocompletion({ override: [completions(session.flow)] }),
          keymap.of([...defaultKeymap, ...searchKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
          yaml(), look, EditorView.lineWrapping,
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((tr) => tr.annotation(taken))) return;
            const typing = update.transactions.some((tr) => tr.isUserEvent("input.type") || tr.isUserEvent("delete"));
            session.write(update.state.doc.toString(), typing ? `source ${update.state.doc.lineAt(update.state.selection.main.head).number}` : undefined);
          }),
        ],
      }),
    });
    editor.current = view;
    const stop = session.subscribe(() => { take(view, session.read().present); });
    return () => {
      stop();
      view.destroy();
    };
  }, [session, readOnly, label]);
  useEffect(() => {
    const view = editor.current;
    if (!view || view.state.doc.toString() !== checked) return;
    view.dispatch(setDiagnostics(view.state, findings.map((f) => diagnostic(checked, f))));
  }, [findings, checked]);
  useEffect(() => {
    const view = editor.current;
    if (!view || !place) return;
    const line = view.state.doc.line(Math.min(Math.max(1, place.line), view.state.doc.lines));
    view.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
    view.focus();
  }, [place]);
  return <div className={classes.source} ref={box} data-document />;
}

/** take brings the document to a source that another view wrote, changing what differs alone: the caret stays. */
function take(view: EditorView, source: string): void {
  const now = view.state.doc.toString();
  if (now === source) return;
  let from = 0;
  while (from < now.length && now[from] === source[from]) from++;
  let end = 0;
  while (end < now.length - from && end < source.length - from && now.at(-1 - end) === source.at(-1 - end)) end++;
  view.dispatch({ changes: { from, to: now.length - end, insert: source.slice(from, source.length - end) }, annotations: [taken.of(true), Transaction.addToHistory.of(false)] });
}

function diagnostic(source: string, f: Finding): Diagnostic {
  const from = offsetOf(source, f.line ?? 1, f.column ?? 1);
  const rest = source.slice(from, source.indexOf("\n", from) < 0 ? source.length : source.indexOf("\n", from));
  const word = /^("(?:[^"\\]|\\.)*"|[^\s,{}[\]:]+)/.exec(rest)?.[0].length ?? 1;
  return { from, to: Math.min(from + word, source.length), severity: f.severity, message: f.hint ? `${f.text}\n${f.hint}` : f.text };
}
