import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";

import { useTexts } from "../../../../i18n";
import { useChecks, useEditing, useFind, useNames } from "../context";
import { completed, completionAt, matching } from "../model/completion";
import { setText } from "../model/edits";
import { fold } from "../model/find";
import type { Path } from "../../yaml";
import { texts } from "../texts";
import { textKey } from "../useCheck";
import classes from "../editor.module.css";
import { Meter } from "./Meter";

interface TextBoxProps {
  path: Path;
  /** Undefined: one text for all languages. */
  language: string | undefined;
  value: string;
  label: string;
  /** A label of a menu: short, and not counted. */
  short?: boolean;
}

/** TextBox is a text of the flow: what stands in braces is marked and completed, and its size is told. */
export function TextBox({ path, language, value: kept, label, short = false }: TextBoxProps) {
  const t = useTexts(texts);
  const { type, settle, readOnly } = useEditing();
  const { sizes } = useChecks();
  const box = useRef<HTMLTextAreaElement>(null);
  const caretAfter = useRef<number>(undefined);
  const [caret, setCaret] = useState<number>();
  const [chosen, setChosen] = useState(0);
  // What is being typed is shown at once; the flow has it when typing pauses.
  const [typed, setTyped] = useState<{ text: string; over: string }>();
  if (typed && (kept === typed.text || kept !== typed.over)) setTyped(undefined);
  const value = typed?.text ?? kept;
  const { suggestions } = useNames();
  const list = useId();
  const at = caret === undefined ? undefined : completionAt(value, caret);
  const offers = at ? matching(suggestions, at.word) : [];
  const open = offers.length > 0;
  const key = textKey(path, language);

  const write = (text: string) => {
    setTyped({ text, over: kept });
    type(setText(path, language, text), key);
  };
  const take = (suggestion: string) => {
    if (caret === undefined || !at) return;
    const now = completed(value, caret, at, suggestion);
    write(now.text);
    setCaret(undefined);
    caretAfter.current = now.caret;
  };
  useLayoutEffect(() => {
    if (caretAfter.current === undefined) return;
    box.current?.setSelectionRange(caretAfter.current, caretAfter.current);
    caretAfter.current = undefined;
  });
  const keyDown = (event: KeyboardEvent) => {
    if (!open) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setChosen((chosen + step + offers.length) % offers.length);
    else if (event.key === "Enter" || event.key === "Tab") take(offers[chosen % offers.length]?.text ?? "");
    else if (event.key === "Escape") setCaret(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={classes.textBox} data-short={short || undefined}>
      <div className={classes.textArea}>
        <Mirror text={value} />
        <textarea
          ref={box}
          rows={1}
          data-document
          value={value}
          aria-label={label}
          lang={language}
          readOnly={readOnly}
          spellCheck
          aria-autocomplete="list"
          aria-controls={open ? list : undefined}
          aria-activedescendant={open ? `${list}-${chosen % offers.length}` : undefined}
          onChange={(event) => {
            write(short ? event.target.value.replaceAll("\n", " ") : event.target.value);
            setCaret(event.target.selectionStart);
            setChosen(0);
          }}
          onKeyDown={keyDown}
          onBlur={() => {
            settle();
            setTyped(undefined);
            setCaret(undefined);
          }}
        />
        {open && (
          <ul className={classes.offers} id={list} role="listbox" aria-label={t.completion}>
            {offers.map((offer, i) => (
              // The keys are the text box's: focus stays there.
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events
              <li
                key={offer.text}
                id={`${list}-${i}`}
                role="option"
                aria-selected={i === chosen % offers.length}
                onMouseDown={(event) => { event.preventDefault(); }}
                onClick={() => { take(offer.text); }}
              >
                <span>{offer.text}</span>
                <small>{t.offered[offer.from]}</small>
              </li>
            ))}
          </ul>
        )}
      </div>
      {!short && <Meter text={value} sized={sizes.get(key)} />}
    </div>
  );
}

/** Mirror lies below the text box: it gives the height, and marks what is not said as it stands. */
function Mirror({ text }: { text: string }) {
  const find = fold(useFind().trim());
  return (
    <div className={classes.mirror} aria-hidden>
      {text.split(/(\{\{.*?\}\})/s).map((part, i) => (i % 2 === 1 ? <b key={i}>{part}</b> : <Marked key={i} text={part} find={find} />))}
      {"\n"}
    </div>
  );
}

function Marked({ text, find }: { text: string; find: string }) {
  const at = find ? fold(text).indexOf(find) : -1;
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + find.length)}</mark>
      {text.slice(at + find.length)}
    </>
  );
}
