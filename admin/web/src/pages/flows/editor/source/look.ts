import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** look gives CodeMirror the colours of the UI, light and dark. */
export const look = [
  EditorView.theme({
    "&": { height: "100%", fontSize: "13px", backgroundColor: "var(--panel)", color: "var(--mantine-color-text)" },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.6" },
    ".cm-content": { caretColor: "var(--mantine-color-text)" },
    ".cm-cursor": { borderLeftColor: "var(--mantine-color-text)" },
    ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--mantine-color-dimmed)", border: "none" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--mantine-primary-color-light)" },
    ".cm-tooltip, .cm-panels": { backgroundColor: "var(--panel)", color: "var(--mantine-color-text)", borderColor: "var(--mantine-color-default-border)" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--mantine-primary-color-filled)", color: "var(--mantine-primary-color-contrast)" },
    ".cm-panels input, .cm-panels button": { color: "inherit", backgroundColor: "var(--ground)", backgroundImage: "none", border: "1px solid var(--mantine-color-default-border)", borderRadius: "4px" },
    ".cm-searchMatch": { backgroundColor: "var(--mark)" },
    ".cm-diagnostic": { borderLeftWidth: "3px" },
  }),
  syntaxHighlighting(HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--mantine-color-anchor)", fontWeight: "550" },
    { tag: tags.string, color: "var(--string)" },
    { tag: tags.comment, color: "var(--mantine-color-dimmed)", fontStyle: "italic" },
    { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--mantine-color-dimmed)" },
  ])),
];
