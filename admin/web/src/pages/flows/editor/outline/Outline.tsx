import { Alert, Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useEffect, useRef, useState, type ReactNode } from "react";

import { useTexts } from "../../../../i18n";
import { useEditing } from "../context";
import classes from "../editor.module.css";
import { addLanguage, addReply, addState, freeName, question, setHead, setName, setTitle } from "../model/edits";
import type { Flow } from "../model/flow";
import { texts } from "../texts";
import { Inline } from "./Inline";
import { Inputs } from "./Inputs";
import { More } from "./More";
import { Note } from "./Note";
import { Add, Rows, StateCard } from "./StateCard";

interface OutlineProps {
  flow: Flow;
  /** Why the source cannot be read now; the flow is what it was before. */
  broken: { line: number; text: string } | undefined;
  onFix: (line: number) => void;
}

/** Outline is the flow in order of reading. */
export function Outline({ flow, broken, onFix }: OutlineProps) {
  const t = useTexts(texts);
  const { edit, readOnly, jump } = useEditing();
  const from = sources(flow);
  const make = () => {
    edit((now) => {
      const name = freeName(now, t.newStateName);
      setTimeout(() => { jump(name); });
      return addState(name, undefined, question(now.languages))(now);
    });
  };
  return (
    <div className={classes.outline}>
      {broken && (
        <Alert color="red" role="alert" title={t.broken}>
          {t.brokenText(broken.line, broken.text)}{" "}
          <Button size="compact-xs" variant="light" color="red" onClick={() => { onFix(broken.line); }}>{t.editInSource}</Button>
        </Alert>
      )}
      <Head flow={flow} />
      {flow.anywhere ? (
        <section className={classes.card} aria-label={t.anywhere}>
          <header className={classes.cardHead}>
            <h2 className={classes.anywhereName}>{t.anywhere}</h2>
            <span className={classes.from}>{t.anywhereHint}</span>
          </header>
          <div className={classes.rows}>
            <Rows part={flow.anywhere} state={undefined} />
          </div>
          {!readOnly && <Add part={flow.anywhere} waits hasElse={flow.anywhere.otherwise !== undefined} />}
        </section>
      ) : !readOnly && (
        <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconPlus size={14} />} style={{ alignSelf: "flex-start" }} onClick={() => { edit((now) => addAnywhere(now.source, t.backWord)(now)); }}>
          {t.addAnywhere}
        </Button>
      )}
      {flow.states.map((s, i) => (
        <WhenNear key={s.name} name={s.name} at={i}>
          <StateCard state={s} isStart={flow.start === s.name} from={from.get(s.name) ?? ""} />
        </WhenNear>
      ))}
      {!readOnly && <Button variant="default" leftSection={<IconPlus size={16} />} onClick={make} style={{ alignSelf: "flex-start" }}>{t.addState}</Button>}
    </div>
  );
}

/** How many cards are made at once. */
const first = 30;

/** WhenNear makes a card when it is nearly seen: a flow has up to 300. */
function WhenNear({ name, at, children }: { name: string; at: number; children: ReactNode }) {
  const [near, setNear] = useState(at < first || typeof IntersectionObserver === "undefined");
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (near || !place.current) return undefined;
    const observer = new IntersectionObserver((entries) => { if (entries.some((e) => e.isIntersecting)) setNear(true); }, { rootMargin: "1500px" });
    observer.observe(place.current);
    return () => { observer.disconnect(); };
  }, [near]);
  if (near) return children;
  return (
    <section className={classes.card} style={{ minHeight: 260 }} id={`state-${name}`} tabIndex={-1} ref={place}>
      <h2 className={classes.stateName}>{name}</h2>
    </section>
  );
}

/** addAnywhere begins what is always understood with a word that goes back. */
const addAnywhere = (source: string, word: string) => (flow: Flow): string =>
  source.includes("\nanywhere:") ? addReply(["anywhere"], { words: `[${word}]`, go: "back" })(flow) : source.replace(/^states:/m, `anywhere:\n  replies:\n    - {words: [${word}], go: back}\nstates:`);

/** Head is what holds for the whole flow. */
function Head({ flow }: { flow: Flow }) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  const at = (key: string) => flow.tree.doc.get(key);
  const text = (key: string) => (typeof at(key) === "string" ? String(at(key)) : "");
  const field = (key: "class" | "lifetime" | "segments" | "failed" | "on_keyword", placeholder: string) => (
    <Inline label={t.head[key]} value={text(key)} placeholder={placeholder} readOnly={readOnly} mono onCommit={(value) => { edit(setName([key], value)); }} />
  );
  return (
    <div className={classes.head}>
      {flow.comment && <Note text={flow.comment} write={setHead} />}
      <div className={classes.line}>
        <Inline label={t.head.title} value={flow.title} readOnly={readOnly} placeholder={flow.name} onCommit={(value) => { edit(setTitle(value)); }} />
        {field("class", "marketing")}
        {field("lifetime", "24h")}
        {field("segments", "2")}
        {field("failed", "–")}
        {field("on_keyword", "suspend")}
        <span>{t.head.languages} <code>{flow.languages.join(", ")}</code></span>
        {!readOnly && <AddLanguage flow={flow} />}
      </div>
      {(flow.inputs.length > 0 || !readOnly) && <Inputs inputs={flow.inputs} />}
    </div>
  );
}

const languageNames: Record<string, string> = { de: "Deutsch", en: "English", es: "Español", fr: "Français", it: "Italiano", nl: "Nederlands", pl: "Polski", pt: "Português", ro: "Română" };

function AddLanguage({ flow }: { flow: Flow }) {
  const t = useTexts(texts);
  const { edit } = useEditing();
  const deeds = () => Object.entries(languageNames).filter(([code]) => !flow.languages.includes(code)).map(([code, label]) => ({ label, act: () => { edit(addLanguage(code)); } }));
  return (
    <More
      label={t.addLanguage}
      deeds={deeds}
      button={(open) => <Button size="compact-xs" variant="subtle" color="gray" leftSection={<IconPlus size={13} />} aria-haspopup="menu" onClick={open}>{t.addLanguage}</Button>}
    />
  );
}

/** sources are the states that lead to each state, with commas. */
export function sources(flow: Flow): Map<string, string> {
  const from = new Map<string, Set<string>>();
  for (const w of flow.ways) {
    if (w.to === undefined || w.from === w.to) continue;
    const set = from.get(w.to) ?? new Set();
    set.add(w.from || "∗");
    from.set(w.to, set);
  }
  return new Map([...from].map(([to, set]) => [to, [...set].join(", ")]));
}
