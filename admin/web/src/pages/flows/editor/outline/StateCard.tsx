import { Badge, Button, Tooltip } from "@mantine/core";
import {
  IconAlertTriangle, IconGripVertical, IconArrowDown, IconArrowUp, IconBolt, IconClipboard, IconClock, IconCode, IconCopy, IconExclamationCircle, IconGitBranch, IconMessage, IconNote, IconPencil, IconPlayerPlay, IconPlus, IconTrash, IconUser,
} from "@tabler/icons-react";
import { memo, useState, type DragEvent } from "react";

import { confirm, sentence } from "../../../../components";
import { common, useTexts } from "../../../../i18n";
import { useChecks, useEditing, useNames } from "../context";
import classes from "../editor.module.css";
import { addAction, addElse, addEvent, addReply, addText, addTimeout, copied, deleteState, flowMap, moveBy, moveState, pasted, renameState, setName, setWay } from "../model/edits";
import type { Listening, State } from "../model/flow";
import { actions, stateName } from "../model/language";
import { texts } from "../texts";
import { Actions, newAction } from "./Actions";
import { Arms, CallRow, ElseRow, EventRow, HandoffRow, ReplyRow, TimeoutRow, WayRow } from "./Entries";
import { StandFigures } from "./Figures";
import { Inline } from "./Inline";
import { draftOf, matcherKinds } from "./Matcher";
import { More, type Deed } from "./More";
import { Note, Notes } from "./Note";
import { Texts } from "./Texts";

interface StateCardProps {
  state: State;
  isStart: boolean;
  /** The states that lead here, with commas. */
  from: string;
  /** Whether the place in the order of reading can be changed: not in a drawer. */
  movable?: boolean;
}

/** StateCard is a state to be read and edited: what it does, asks and understands, and where that leads. */
export const StateCard = memo(function StateCard({ state, isStart, from, movable = true }: StateCardProps) {
  const t = useTexts(texts);
  const { edit, readOnly, source } = useEditing();
  const { languages } = useNames();
  const [noting, setNoting] = useState(false);
  const [renaming, setRenaming] = useState(false);
  const deeds = useStateDeeds(state, isStart, from, movable, { note: () => { setNoting(true); }, rename: () => { setRenaming(true); } });
  const waits = state.replies.length > 0 || state.timeouts.length > 0 || state.events.length > 0 || state.otherwise !== undefined;
  const drop = useDrop(state.name, movable && !readOnly);
  return (
    <section className={classes.card} id={`state-${state.name}`} aria-labelledby={`name-${state.name}`} tabIndex={-1} data-state={state.name} {...drop}>
      <Notes part={state} adding={noting} onAdded={() => { setNoting(false); }} />
      <header className={classes.cardHead}>
        {movable && !readOnly && (
          // Those who cannot drag move states with the menu.
          <span className={classes.grip} draggable aria-hidden title={t.drag} onDragStart={(event) => { drag(event, state.name); }}><IconGripVertical size={15} /></span>
        )}
        {renaming ? <Rename state={state} onDone={() => { setRenaming(false); }} /> : (
          <h2 id={`name-${state.name}`} className={classes.stateName}>
            {state.name}
          </h2>
        )}
        {isStart && <Badge size="sm">{t.start}</Badge>}
        {state.class && <Badge size="sm" color="gray">{state.class}</Badge>}
        {from && <span className={classes.from}>{t.from(from)}</span>}
        <Problems state={state.name} />
        <span className={classes.more}>
          <More label={t.moreOf(state.name)} deeds={deeds} />
        </span>
      </header>
      <StandFigures state={state.name} />
      {state.note !== undefined && <Note text={state.note} write={(text) => setName([...state.path, "note"], text)} />}
      {state.unknown.length > 0 && (
        <button type="button" className={classes.plain} onClick={() => { source(state.path); }}>
          {t.unknownKeys(state.unknown.join(", "))} <IconCode size={13} aria-label={t.editInSource} />
        </button>
      )}
      {state.do.length > 0 && <div className={classes.does}><Actions list={state.do} state={state.name} /></div>}
      {state.say && <Texts say={state.say} label={t.textOf(state.name)} />}
      {!state.say && !readOnly && (
        <Button size="compact-sm" variant="subtle" style={{ alignSelf: "flex-start" }} leftSection={<IconMessage size={14} />} onClick={() => { edit(addText([...state.path, "say"], languages)); }}>
          {t.addText}
        </Button>
      )}
      <div className={classes.rows}>
        <Rows part={state} state={state.name} />
        {state.call && <CallRow call={state.call} state={state.name} />}
        {state.handoff && <HandoffRow handoff={state.handoff} state={state.name} />}
        {state.branch.length > 0 && <Arms arms={state.branch} what="branch" state={state.name} path={[...state.path, "branch"]} />}
        {state.split.length > 0 && <Arms arms={state.split} what="split" state={state.name} path={[...state.path, "split"]} />}
        {state.target && <WayRow path={state.path} target={state.target} state={state.name} />}
      </div>
      {!readOnly && <Add part={state} waits={waits} hasElse={state.otherwise !== undefined} goesOn={!waits} />}
    </section>
  );
}, (a, b) => a.state.text === b.state.text && a.isStart === b.isStart && a.from === b.from && a.movable === b.movable && a.state.name === b.state.name);

/** What is dragged is known by its type alone until it is dropped. */
const dragged = "application/x-repartee-state";

function drag({ dataTransfer, currentTarget }: DragEvent<HTMLElement>, name: string): void {
  dataTransfer.setData(dragged, name);
  dataTransfer.effectAllowed = "move";
  const card = currentTarget.closest("section");
  if (card) dataTransfer.setDragImage(card, 20, 20);
}

/** useDrop lets another state be dropped on the upper or lower half of a card. */
function useDrop(name: string, on: boolean) {
  const { edit } = useEditing();
  const [place, setPlace] = useState<"before" | "behind">();
  if (!on) return {};
  const placeOf = ({ clientY, currentTarget }: DragEvent<HTMLElement>) => {
    const { top, height } = currentTarget.getBoundingClientRect();
    return clientY < top + height / 2 ? "before" : "behind";
  };
  return {
    "data-drop": place,
    onDragOver: (event: DragEvent<HTMLElement>) => {
      if (!event.dataTransfer.types.includes(dragged)) return;
      event.preventDefault();
      setPlace(placeOf(event));
    },
    onDragLeave: (event: DragEvent<HTMLElement>) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setPlace(undefined); },
    onDrop: (event: DragEvent<HTMLElement>) => {
      const moved = event.dataTransfer.getData(dragged);
      setPlace(undefined);
      if (!moved) return;
      event.preventDefault();
      edit(moveState(moved, placeOf(event), name));
    },
  };
}

/** Rows are what a state, or anywhere, reacts to. */
export function Rows({ part, state }: { part: Listening; state: string | undefined }) {
  return (
    <>
      {part.replies.map((r, i) => <ReplyRow key={i} reply={r} state={state} />)}
      {part.otherwise && <ElseRow entry={part.otherwise} state={state} />}
      {part.timeouts.map((x, i) => <TimeoutRow key={i} entry={x} state={state} />)}
      {part.events.map((x, i) => <EventRow key={i} entry={x} state={state} />)}
    </>
  );
}

function Rename({ state, onDone }: { state: State; onDone: () => void }) {
  const t = useTexts(texts);
  const { edit } = useEditing();
  const { states } = useNames();
  return (
    // Focus goes into the field as soon as it is there, and renaming ends when it leaves.
    <span ref={(node) => { node?.querySelector("input")?.focus(); }} onBlur={onDone}>
      <Inline
        bare
        mono
        label={t.nameOf(state.name)}
        value={state.name}
        onCommit={(name) => { if (stateName.test(name) && name !== "again" && name !== "back" && !states.includes(name)) edit(renameState(state.name, name)); }}
      />
    </span>
  );
}

function Problems({ state }: { state: string }) {
  const { problems } = useChecks();
  const found = problems.get(state) ?? [];
  if (found.length === 0) return null;
  const errors = found.filter((p) => p.severity === "error");
  const color = errors.length > 0 ? "red" : "yellow";
  return (
    <Tooltip multiline w={320} label={found.map((p) => `${p.text}${p.hint ? ` (${p.hint})` : ""}`).join("\n")} events={{ hover: true, focus: true, touch: true }}>
      { }
      <Badge tabIndex={0} color={color} leftSection={errors.length > 0 ? <IconExclamationCircle size={12} /> : <IconAlertTriangle size={12} />}>
        {found.length}
      </Badge>
    </Tooltip>
  );
}

function useStateDeeds(state: State, isStart: boolean, from: string, movable: boolean, ask: { note: () => void; rename: () => void }): () => (Deed | false)[] {
  const t = useTexts(texts);
  const c = useTexts(common);
  const { edit, readOnly, source, copy, paste } = useEditing();
  const drop = async () => {
    if (from && !(await confirm({ title: t.deleteState(state.name), text: t.deleteText(from), confirm: t.remove, cancel: c.cancel, danger: true }))) return;
    edit(deleteState(state.name));
  };
  return () => readOnly ? [{ label: c.copy, icon: <IconCopy size={14} />, act: () => { copy([state.name]); } }, { label: t.showInSource, icon: <IconCode size={14} />, act: () => { source(state.path); } }] : [
    { label: t.rename, icon: <IconPencil size={14} />, act: ask.rename },
    !isStart && { label: t.makeStart, icon: <IconPlayerPlay size={14} />, act: () => { edit(setName(["start"], state.name)); } },
    state.block && !state.comment.above && { label: t.addComment, icon: <IconNote size={14} />, act: ask.note },
    movable && { label: t.moveUp, icon: <IconArrowUp size={14} />, apart: true, act: () => { edit(moveBy(state.path, -1)); } },
    movable && { label: t.moveDown, icon: <IconArrowDown size={14} />, act: () => { edit(moveBy(state.path, 1)); } },
    { label: t.duplicate, icon: <IconPlus size={14} />, act: () => { edit((flow) => pasted(copied(flow, [state.name]), state.name)(flow)); } },
    { label: c.copy, icon: <IconCopy size={14} />, apart: true, act: () => { copy([state.name]); } },
    { label: t.pasteBehind, icon: <IconClipboard size={14} />, act: () => { paste(state.name); } },
    { label: t.editInSource, icon: <IconCode size={14} />, apart: true, act: () => { source(state.path); } },
    { label: t.remove, icon: <IconTrash size={14} />, danger: true, act: () => void drop() },
  ];
}

interface AddProps {
  part: Listening;
  waits: boolean;
  hasElse: boolean;
  /** It may be given another way on, too. */
  goesOn?: boolean;
}

/** Add offers what a state can have more. */
export function Add({ part, waits, hasElse, goesOn = false }: AddProps) {
  const t = useTexts(texts);
  const { edit } = useEditing();
  const { languages } = useNames();
  const at = part.path;
  const anywhere = at[0] === "anywhere";
  const replies = (): Deed[] => matcherKinds.map((kind) => ({ label: t.kinds[kind], act: () => { edit(addReply(at, { ...draftOf(kind, t.word), ...(anywhere ? { go: "again" } : { end: "completed" }) })); } }));
  const times = (): Deed[] => [
    { label: t.reminder, act: () => { edit(addTimeout(at, { after: "20m", say: flowText(languages) })); } },
    { label: t.deadline, act: () => { edit(addTimeout(at, { after: "1h", end: "expired" })); } },
    { label: t.atTime, act: () => { edit(addTimeout(at, { at: '"18:00"', end: "expired" })); } },
  ];
  const ways = (): Deed[] => [
    { label: t.wayGo, act: () => { edit(setWay(at, "end", "completed")); } },
    { label: t.wayBranch, act: () => { edit(setWay(at, "branch", "[{if: visits > 1, end: completed}, {end: completed}]")); } },
    { label: t.waySplit, act: () => { edit(setWay(at, "split", "[{share: 50, end: completed}, {share: 50, end: completed}]")); } },
    { label: t.wayHandoff, act: () => { edit(setWay(at, "handoff", "{group: staff, within: 15m}")); } },
    { label: t.wayCall, act: () => { edit(setWay(at, "call", "{flow: flow, else: again}")); } },
  ];
  const button = (label: string, icon: React.ReactNode) => (open: () => void) => (
    <Button size="compact-xs" variant="subtle" color="gray" leftSection={icon} aria-haspopup="menu" onClick={open}>{label}</Button>
  );
  return (
    <div className={classes.add}>
      <More label={t.answer} deeds={replies} button={button(t.answer, <IconPlus size={13} />)} />
      {(waits || anywhere) && !hasElse && (
        <Button size="compact-xs" variant="subtle" color="gray" leftSection={<IconPlus size={13} />} onClick={() => { edit(addElse(at, { say: flowText(languages), tries: "3", end: "unanswered" })); }}>
          {sentence(t.else)}
        </Button>
      )}
      <More label={t.time} deeds={times} button={button(t.time, <IconClock size={13} />)} />
      <Button size="compact-xs" variant="subtle" color="gray" leftSection={<IconBolt size={13} />} onClick={() => { edit(addEvent(at, { event: "order.ready", end: "completed" })); }}>
        {t.event}
      </Button>
      {!anywhere && <More label={t.action} deeds={() => Object.keys(actions).map((name) => ({ label: t.actions[name as keyof typeof t.actions], act: () => { edit(addAction(at, newAction(name, languages))); } }))} button={button(t.action, <IconBolt size={13} />)} />}
      {goesOn && <More label={t.wayOn} deeds={ways} button={button(t.wayOn, waits ? <IconUser size={13} /> : <IconGitBranch size={13} />)} />}
    </div>
  );
}

const flowText = (languages: readonly string[]): string => (languages.length > 1 ? flowMap(Object.fromEntries(languages.map((l) => [l, '""']))) : '""');
