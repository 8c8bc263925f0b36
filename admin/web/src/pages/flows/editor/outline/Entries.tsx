import { Button } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconBolt, IconBookmark, IconCode, IconFilter, IconMessage, IconNote, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";

import { useTexts } from "../../../../i18n";
import { useEditing, useNames } from "../context";
import classes from "../editor.module.css";
import { addAction, addArm, addOption, addText, moveBy, ofOption, removeAt, setName, setPhrases, setTarget, targetDraft } from "../model/edits";
import type { Arm, Call, Entry, Event, Handoff, Option, Otherwise, Part, Reply, Target, Timeout } from "../model/flow";
import type { Path } from "../../yaml";
import { texts } from "../texts";
import { Actions, newAction } from "./Actions";
import { WayFigures } from "./Figures";
import { Inline } from "./Inline";
import { Matcher } from "./Matcher";
import { More, type Deed } from "./More";
import { Notes } from "./Note";
import { TargetPick } from "./TargetPick";
import { Texts } from "./Texts";

interface RowProps {
  part: Part;
  when: ReactNode;
  children?: ReactNode;
  /** Below the line, in the whole width. */
  below?: ReactNode;
  deeds?: () => (Deed | false | undefined)[];
  label: string;
  noting?: boolean;
  onNoted?: () => void;
}

/** Row is one way out of a state: when it is taken, and what happens then. */
function Row({ part, when, children, below, deeds, label, noting = false, onNoted }: RowProps) {
  const t = useTexts(texts);
  const { readOnly } = useEditing();
  return (
    <div className={classes.row} role="group" aria-label={label}>
      <Notes part={part} adding={noting} {...(onNoted && { onAdded: onNoted })} />
      <div className={classes.line}>
        <span className={classes.when}>{when}</span>
        {children}
        <span className={classes.rowEnd}>
          <WayFigures path={part.path} />
          {deeds && !readOnly && <More label={t.moreOf(label)} deeds={deeds} />}
        </span>
      </div>
      {below}
    </div>
  );
}

/** useAsked are optional fields that somebody has asked for, but not filled in yet. */
function useAsked() {
  const [asked, setAsked] = useState<"if" | "save" | "note">();
  return { asked, ask: setAsked, done: () => { setAsked(undefined); } };
}

function useDeeds(part: Part, more: (Deed | false)[] = [], siblings = true): () => (Deed | false)[] {
  const t = useTexts(texts);
  const { edit, source } = useEditing();
  return () => [
    ...more,
    siblings && { label: t.moveUp, icon: <IconArrowUp size={14} />, apart: true, act: () => { edit(moveBy(part.path, -1)); } },
    siblings && { label: t.moveDown, icon: <IconArrowDown size={14} />, act: () => { edit(moveBy(part.path, 1)); } },
    { label: t.editInSource, icon: <IconCode size={14} />, apart: !siblings, act: () => { source(part.path); } },
    { label: t.remove, icon: <IconTrash size={14} />, danger: true, act: () => { edit(removeAt(part.path)); } },
  ];
}

interface BodyProps {
  entry: Entry;
  state: string | undefined;
  when: ReactNode;
  label: string;
  say: string;
  savable?: boolean;
  conditional?: boolean;
  alone?: boolean;
  middle?: ReactNode;
  below?: ReactNode;
}

/** EntryRow is a row of an entry: its condition, what is saved, done and said, and where it leads. */
function EntryRow({ entry, state, when, label, say, savable = false, conditional = true, alone = false, middle, below }: BodyProps) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  const { languages } = useNames();
  const { asked, ask, done } = useAsked();
  const deeds = useDeeds(entry, [
    !entry.say && { label: t.addSay, icon: <IconMessage size={14} />, act: () => { edit(addText([...entry.path, "say"], languages)); } },
    savable && entry.save === undefined && { label: t.addSave, icon: <IconBookmark size={14} />, act: () => { ask("save"); } },
    conditional && entry.if === undefined && { label: t.addIf, icon: <IconFilter size={14} />, act: () => { ask("if"); } },
    { label: t.addTrack, icon: <IconBolt size={14} />, act: () => { edit(addAction(entry.path, newAction("track", languages))); } },
    entry.block && !entry.comment.above && { label: t.addComment, icon: <IconNote size={14} />, act: () => { ask("note"); } },
  ], !alone);
  const field = (key: "if" | "save", title: string) => (entry[key] !== undefined || asked === key) && (
    <Inline label={title} value={entry[key] ?? ""} readOnly={readOnly} mono onCommit={(text) => { edit(setName([...entry.path, key], text)); done(); }} />
  );
  return (
    <Row
      part={entry}
      label={label}
      when={when}
      deeds={deeds}
      noting={asked === "note"}
      onNoted={done}
      below={
        <>
          {below}
          <Actions list={entry.do} state={state} />
          {entry.say && <Removable path={entry.say.path} label={say}><Texts say={entry.say} label={say} /></Removable>}
        </>
      }
    >
      {middle}
      {field("if", t.if)}
      {field("save", t.saveAs)}
      <TargetPick path={entry.path} target={entry.target} state={state} optional />
    </Row>
  );
}

/** Removable is a text that may also not be there. */
function Removable({ path, label, children }: { path: Path; label: string; children: ReactNode }) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  return (
    <div className={classes.removable}>
      {children}
      {!readOnly && (
        <button type="button" className={classes.remove} aria-label={t.removeOf(label)} title={t.removeOf(label)} onClick={() => { edit(removeAt(path)); }}>
          <IconTrash size={13} aria-hidden />
        </button>
      )}
    </div>
  );
}

export function ReplyRow({ reply, state }: { reply: Reply; state: string | undefined }) {
  const t = useTexts(texts);
  return (
    <EntryRow
      entry={reply}
      state={state}
      savable
      label={t.answer}
      say={t.saysThen}
      when={<Matcher reply={reply} />}
      below={
        <>
          {reply.show && <Texts say={reply.show} label={t.show} short />}
          {reply.options.length > 0 && <Options reply={reply} state={state} />}
        </>
      }
    />
  );
}

function Options({ reply, state }: { reply: Reply; state: string | undefined }) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  const choice = [...reply.path, "choice"];
  const add = () => {
    let n = reply.options.length + 1;
    while (reply.options.some((o) => o.value === `option${n}`)) n++;
    edit(addOption(choice, `option${n}`, `${t.word} ${n}`));
  };
  return (
    <ol className={classes.options}>
      {reply.options.map((option, i) => <OptionLine key={i} at={i} option={option} state={state} listed={typeof option.path.at(-1) === "number"} />)}
      {!readOnly && (
        <li data-add>
          <Button size="compact-xs" variant="subtle" leftSection={<IconPlus size={13} />} onClick={add}>{t.addOption}</Button>
        </li>
      )}
    </ol>
  );
}

function OptionLine({ option, at, state, listed }: { option: Option; at: number; state: string | undefined; listed: boolean }) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  const deeds = useDeeds(option, [
    !listed && !option.words && { label: t.alsoWords, icon: <IconMessage size={14} />, act: () => { edit(ofOption(option.path, setPhrases([...option.path, "words"], undefined, [t.word]))); } },
    !listed && !option.target && { label: t.addTarget, icon: <IconPlus size={14} />, act: () => { edit(ofOption(option.path, setTarget([...option.path], { kind: "end", name: "completed" }))); } },
  ]);
  const words = option.words;
  const pick = (target: Target | undefined) => { edit(ofOption(option.path, setTarget(option.path, target))); };
  const field = (language: string | undefined, list: string[]) => (
    <Inline
      key={language ?? ""}
      label={language === undefined ? t.also : t.textIn(t.also, language)}
      value={list.join(", ")}
      readOnly={readOnly}
      onCommit={(text) => { edit(setPhrases([...option.path, "words"], language, text.split(",").map((w) => w.trim()).filter(Boolean))); }}
    />
  );
  return (
    <li>
      <div className={classes.line}>
        <Texts say={option.label} label={t.label} short />
        {words && (words.all ? field(undefined, words.all) : Object.entries(words.byLanguage).map(([l, list]) => field(l, list)))}
        {option.target && <TargetPick path={option.path} target={option.target} state={state} optional onPick={pick} />}
        <span className={classes.rowEnd}>
          <WayFigures path={option.path} option={at} />
          {!readOnly && <More label={t.moreOf(t.label)} deeds={deeds} />}
        </span>
      </div>
      <Actions list={option.do} state={state} />
      {option.say && <Texts say={option.say} label={t.saysThen} />}
    </li>
  );
}

export function ElseRow({ entry, state }: { entry: Otherwise; state: string | undefined }) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  return (
    <EntryRow
      entry={entry}
      state={state}
      alone
      conditional={false}
      label={t.else}
      say={t.saysThen}
      when={<b>{t.else}</b>}
      middle={<Inline label={t.tries} value={entry.tries ?? ""} placeholder="3" readOnly={readOnly} onCommit={(text) => { edit(setName([...entry.path, "tries"], text)); }} />}
    />
  );
}

export function TimeoutRow({ entry, state }: { entry: Timeout; state: string | undefined }) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  const key = entry.at === undefined ? "after" : "at";
  return (
    <EntryRow
      entry={entry}
      state={state}
      alone={typeof entry.path.at(-1) !== "number"}
      label={entry.target ? t.deadline : t.reminder}
      say={t.saysThen}
      when={<Inline label={key === "after" ? t.after : t.at} value={entry[key] ?? ""} readOnly={readOnly} mono onCommit={(text) => { edit(setName([...entry.path, key], text)); }} />}
      middle={entry.hours !== undefined && <Inline label={t.hours} value={entry.hours} readOnly={readOnly} onCommit={(text) => { edit(setName([...entry.path, "hours"], text)); }} />}
    />
  );
}

export function EventRow({ entry, state }: { entry: Event; state: string | undefined }) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  return (
    <EntryRow
      entry={entry}
      state={state}
      savable
      label={t.event}
      say={t.saysThen}
      when={<Inline label={t.event} value={entry.event} readOnly={readOnly} mono onCommit={(text) => { edit(setName([...entry.path, "event"], text)); }} />}
    />
  );
}

export function Arms({ arms, what, state, path }: { arms: readonly Arm[]; what: "branch" | "split"; state: string; path: Path }) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  const add = () => { edit(addArm(path, { ...(what === "branch" ? { if: "visits > 1" } : { share: "50" }), ...targetDraft({ kind: "end", name: "completed" }) })); };
  return (
    <>
      {arms.map((arm, i) => <ArmRow key={i} arm={arm} what={what} state={state} />)}
      {!readOnly && <div className={classes.row}><Button size="compact-xs" variant="subtle" style={{ alignSelf: "flex-start" }} leftSection={<IconPlus size={13} />} onClick={add}>{what === "branch" ? t.addCase : t.addShare}</Button></div>}
    </>
  );
}

function ArmRow({ arm, what, state }: { arm: Arm; what: "branch" | "split"; state: string }) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  const deeds = useDeeds(arm);
  const key = what === "branch" ? "if" : "share";
  const when = arm.key === undefined ? <b>{t.elseWay}</b> : <Inline label={t[key]} value={arm.key} readOnly={readOnly} mono onCommit={(text) => { edit(setName([...arm.path, key], text)); }} />;
  return (
    <Row part={arm} label={what === "branch" ? t.case : t.share} when={when} deeds={deeds}>
      <TargetPick path={arm.path} target={arm.target} state={state} />
    </Row>
  );
}

export function CallRow({ call, state }: { call: Call; state: string }) {
  const t = useTexts(texts);
  const { edit } = useEditing();
  const deeds = useDeeds(call, [], false);
  const inputs = Object.entries(call.inputs).map(([k, v]) => `${k} = ${v}`).join(", ");
  return (
    <>
      <Row part={call} label={t.call} when={<b>{t.call}</b>} deeds={deeds}>
        <span className={classes.chip}>{call.flow}</span>
        {inputs && <span>{inputs}</span>}
        {call.save && <span>{t.saveAs} {call.save}</span>}
      </Row>
      {Object.entries(call.outcomes).map(([outcome, to]) => (
        <Row key={outcome} part={{ ...call, comment: { above: "", behind: "" } }} label={outcome} when={outcome === "else" ? t.elseWay : outcome}>
          <TargetPick path={call.path} target={{ kind: "go", name: to }} state={state} statesOnly onPick={(next) => { edit(setName([...call.path, outcome], next?.name ?? "")); }} />
        </Row>
      ))}
    </>
  );
}

export function HandoffRow({ handoff, state }: { handoff: Handoff; state: string }) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  const deeds = useDeeds(handoff, [], false);
  const at = handoff.path;
  return (
    <>
      <Row part={handoff} label={t.handoff} when={<b>{t.handoff}</b>} deeds={deeds}>
        <Inline label={t.group} value={handoff.group} readOnly={readOnly} mono onCommit={(text) => { edit(setName([...at, "group"], text)); }} />
        <Inline label={t.within} value={handoff.within ?? ""} placeholder="15m" readOnly={readOnly} mono onCommit={(text) => { edit(setName([...at, "within"], text)); }} />
      </Row>
      {(["done", "away"] as const).map((key) => (
        <Row key={key} part={{ ...handoff, comment: { above: "", behind: "" } }} label={t[key]} when={t[key]}>
          <TargetPick path={at} target={handoff[key] ? { kind: "go", name: handoff[key] } : undefined} state={state} optional statesOnly onPick={(next) => { edit(setName([...at, key], next?.name ?? "")); }} />
        </Row>
      ))}
    </>
  );
}

/** WayRow is where a state goes on by itself. */
export function WayRow({ path, target, state }: { path: Path; target: Target; state: string }) {
  const t = useTexts(texts);
  return (
    <div className={classes.row}>
      <div className={classes.line}>
        <span className={classes.when}><b>{t.then}</b></span>
        <TargetPick path={path} target={target} state={state} />
      </div>
    </div>
  );
}
