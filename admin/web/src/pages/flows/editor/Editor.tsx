import { ActionIcon, Button, Drawer, Group, Select, Skeleton, Tabs, Title, Tooltip } from "@mantine/core";
import { useDisclosure, useDocumentTitle, useMediaQuery } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp, IconArrowForwardUp, IconArrowLeft, IconChartBar, IconDeviceMobileMessage, IconSearch, IconUpload } from "@tabler/icons-react";
import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useEffectEvent, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { Link, useSearchParams } from "react-router";

import { Skeletons } from "../../../components";
import { common, useTexts } from "../../../i18n";
import { PhonePanel, PublishDialog, starting, TextsTable, VersionsPanel } from "../panels";
import { Conflict } from "./Conflict";
import { ChecksContext, EditingContext, FindContext, NamesContext, NumbersContext, type Checks, type Editing, type Names } from "./context";
import classes from "./editor.module.css";
import { FindBar } from "./FindBar";
import { Findings } from "./Findings";
import { useNumbersOf, usePassages, usePeriod, type Period } from "./insight";
import { Keeper, browserShelf, type Gateway, type Kept } from "./keeper";
import { Legend } from "./Legend";
import { suggestionsOf } from "./model/completion";
import { addGolden, copied, isStates, pasted } from "./model/edits";
import { lineOfState, type Flow } from "./model/flow";
import { goldens, named } from "./model/golden";
import { leadingTo } from "./model/unclear";
import { lineOf, nodeAt, startOf, type Path } from "../yaml";
import { Outline } from "./outline/Outline";
import { SavedState } from "./SavedState";
import { Session } from "./session";
import { useContactFields } from "./shop";
import { Tests } from "./Tests";
import { texts } from "./texts";
import { Unclear } from "./Unclear";
import { useCheck, type Finding } from "./useCheck";

const Canvas = lazy(() => import("./canvas/Canvas"));
const Source = lazy(() => import("./source/Source"));

const views = ["outline", "canvas", "source", "texts"] as const;
type View = (typeof views)[number];

interface EditorProps {
  name: string;
  kept: Kept;
  programs: readonly string[];
  gateway: Gateway;
  readOnly: boolean;
}

const none: Checks = { sizes: new Map(), problems: new Map() };

/** Editor is one document in several views, kept as it is written. */
export function Editor({ name, kept, programs, gateway, readOnly }: EditorProps) {
  const t = useTexts(texts);
  const { keeper, session } = useDocument(name, kept, gateway, readOnly);
  const { present: source, past, future } = useSyncExternalStore(session.subscribe, session.read);
  const keeping = useSyncExternalStore(keeper.subscribe, keeper.read);
  const flow = session.legible();
  const [program, setProgram] = useState(programs[0]);
  const { checked } = useCheck(source, program);
  const [search, setSearch] = useSearchParams();
  const view = views.find((v) => v === search.get("view")) ?? "outline";
  const open = useCallback((next: View) => { setSearch((now) => { now.set("view", next); return now; }, { replace: true }); }, [setSearch]);
  const [place, setPlace] = useState<{ line: number; wish: number }>();
  const [chosen, setChosen] = useState<string>();
  const [query, setQuery] = useState<string>();
  const [findingsOpen, setFindingsOpen] = useState(false);
  const [publishing, setPublishing] = useState(false);
  const wide = useWide();
  const [period, setPeriod] = usePeriod();
  const [tab, setTab] = useState("phone");
  const [played, setPlayed] = useState<{ lines: string[]; wish: number }>({ lines: [], wish: 0 });
  // What was not understood is read when it is looked at, also while the numbers are off.
  const passages = usePassages(name, period === "off" && tab === "unclear" ? "week" : period);
  const numbers = useNumbersOf(flow, passages.data, period);
  const [sideShown, { toggle: toggleSide }] = useDisclosure(true);
  const [conflictShown, setConflictShown] = useState(true);
  useDocumentTitle(`${flow.title || name} · Repartee`);
  useGuard(keeping.kind !== "saved" && !readOnly);

  const toLine = useCallback((line: number) => {
    open("source");
    setPlace((now) => ({ line, wish: (now?.wish ?? 0) + 1 }));
  }, [open]);
  const editing = useEditingOf(session, readOnly, view, open, toLine, setChosen);
  const names = useNamesOf(flow, program, checked?.price);
  const openFinding = (f: Finding) => {
    if (view === "source" || !f.state || flow.source !== source) toLine(f.line ?? 1);
    else editing.jump(f.state);
  };
  const keep = (script: string) => {
    session.edit((now) => addGolden(named(script, t.newTest(goldens(now).length + 1)))(now));
    notifications.show({ message: t.testKept });
  };
  useKeys(session, view !== "source", () => { setQuery((now) => now ?? ""); });
  const publish = async () => {
    session.settle();
    await keeper.flush();
    setPublishing(true);
  };
  const again = () => void passages.refetch();
  const play = (state: string, text: string) => {
    setPlayed(({ wish }) => ({ lines: [begin(flow), ...(leadingTo(flow, state) ?? []), `> ${text.replaceAll(/\s+/g, " ")}`], wish: wish + 1 }));
    setTab("phone");
  };
  const side = (
    <Side
      tab={tab}
      onTab={setTab}
      unclear={<Unclear flow={flow} passages={passages.data} error={passages.error} retry={again} onPlay={play} />}
      phone={<PhonePanel key={played.wish} opening={played.lines} source={source} program={program} onKeepGolden={keep} />}
      tests={<Tests flow={session.flow()} program={program} faulty={checked?.source === source && checked.shape === undefined} onLine={toLine} />}
      versions={<VersionsPanel name={name} source={source} onRestore={(old) => { session.write(old); }} />}
    />
  );
  const broken = session.flow().errors[0];
  return (
    <EditingContext value={editing}>
      <NamesContext value={names}>
        <ChecksContext value={checked ?? none}>
          <FindContext value={useDeferredValue(query ?? "")}>
          <NumbersContext value={numbers}>
            <div className={classes.editor}>
              <Toolbar
                name={name}
                flow={flow}
                view={view}
                onView={open}
                saved={<SavedState keeping={keeping} readOnly={readOnly} onRetry={() => { keeper.retry(); }} onConflict={() => { setConflictShown(true); }} />}
                undo={past.length > 0 ? session.undo : undefined}
                redo={future.length > 0 ? session.redo : undefined}
                readOnly={readOnly}
                onFind={() => { setQuery((now) => (now === undefined ? "" : undefined)); }}
                onPublish={() => void publish()}
                programs={programs.length > 1 && <Select size="xs" style={{ flex: "0 1 8.25rem", minWidth: "4rem" }} aria-label={t.program} data={[...programs]} value={program ?? null} allowDeselect={false} onChange={(p) => { if (p) setProgram(p); }} />}
                period={period}
                onPeriod={setPeriod}
                side={wide ? undefined : side}
                sideShown={sideShown}
                onSide={toggleSide}
              />
              {query !== undefined && view !== "source" && <FindBar flow={flow} query={query} onQuery={setQuery} onJump={(state) => { editing.jump(state, view === "outline"); }} onClose={() => { setQuery(undefined); }} />}
              <div className={classes.body}>
                <div className={classes.main}>
                  {(view === "outline" || view === "canvas") && <Legend error={passages.error} retry={again} />}
                  <div className={classes.view} data-view={view}>
                    <Suspense fallback={<div className={classes.outline}><Skeletons height={160} /></div>}>
                      {view === "outline" && <Outline flow={flow} broken={broken} onFix={toLine} />}
                      {view === "canvas" && <Canvas flow={flow} chosen={chosen} onChoose={setChosen} />}
                      {view === "source" && <Source session={session} readOnly={readOnly} findings={checked?.findings ?? []} checked={checked?.source ?? ""} place={place} />}
                      {view === "texts" && <TextsTable source={source} onChange={(next) => { if (!readOnly) session.write(next, "texts"); }} />}
                    </Suspense>
                  </div>
                  <Findings findings={checked?.findings} opened={findingsOpen} onToggle={() => { setFindingsOpen(!findingsOpen); }} onOpen={openFinding} />
                </div>
                {wide && sideShown && <aside className={classes.side} aria-label={t.side}>{side}</aside>}
              </div>
              <PublishDialog name={name} opened={publishing} onClose={() => { setPublishing(false); }} onPublished={() => { setPublishing(false); }} dirty={keeping.kind !== "saved"} />
              {keeping.kind === "conflict" && (
                <Conflict
                  mine={source}
                  theirs={keeping.theirs}
                  opened={conflictShown}
                  onClose={() => { setConflictShown(false); }}
                  onMine={() => { keeper.mine(); }}
                  onTheirs={() => { session.write(keeper.theirs()); }}
                />
              )}
            </div>
          </NumbersContext>
          </FindContext>
        </ChecksContext>
      </NamesContext>
    </EditingContext>
  );
}

const useWide = () => useMediaQuery("(min-width: 75em)", undefined, { getInitialValueInEffect: false }) ?? true;

/** useDocument is the document of this editor and what keeps it, as long as the editor is open. */
function useDocument(name: string, kept: Kept, gateway: Gateway, readOnly: boolean): { keeper: Keeper; session: Session } {
  const [made] = useState(() => {
    const keeper = new Keeper(kept, gateway, browserShelf(name));
    const session = new Session(readOnly ? kept.source : keeper.begin(), (source) => { if (!readOnly) keeper.change(source); });
    return { keeper, session };
  });
  useEffect(() => {
    const { keeper, session } = made;
    const retry = () => { keeper.retry(); };
    keeper.resume();
    window.addEventListener("online", retry);
    return () => {
      window.removeEventListener("online", retry);
      session.settle();
      if (!readOnly) void keeper.flush();
      keeper.stop();
    };
  }, [made, readOnly]);
  return made;
}

/** useGuard asks before the window is closed with changes that are not kept. */
function useGuard(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return undefined;
    const guard = (event: BeforeUnloadEvent) => { event.preventDefault(); };
    window.addEventListener("beforeunload", guard);
    return () => { window.removeEventListener("beforeunload", guard); };
  }, [dirty]);
}

/** useKeys takes back and does again in all views, and finds. Fields that are not of the flow keep their own keys. */
function useKeys(session: Session, finds: boolean, find: () => void): void {
  const act = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !(event.target instanceof Element)) return;
    const key = event.key.toLowerCase();
    const foreign = event.target.closest("input, textarea, [contenteditable]") !== null && event.target.closest("[data-document]") === null;
    if ((key === "z" || key === "y") && !foreign) {
      event.preventDefault();
      if (key === "y" || event.shiftKey) session.redo();
      else session.undo();
    } else if (key === "f" && finds && !event.shiftKey && document.querySelector("[role=dialog][aria-modal=true]") === null) {
      event.preventDefault();
      find();
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => { act(event); };
    document.addEventListener("keydown", listen);
    return () => { document.removeEventListener("keydown", listen); };
  }, []);
}

function useEditingOf(session: Session, readOnly: boolean, view: View, open: (view: View) => void, toLine: (line: number) => void, choose: (state: string) => void): Editing {
  const t = useTexts(texts);
  const now = useRef(view);
  useEffect(() => { now.current = view; });
  return useMemo((): Editing => ({
    edit: (edit, group) => { if (!readOnly) session.edit(edit, group); },
    type: (edit, group) => { if (!readOnly) session.type(edit, group); },
    settle: session.settle,
    readOnly,
    jump: (state, stay = false) => {
      if (now.current === "canvas") choose(state);
      else if (now.current === "source") toLine(lineOfState(session.legible(), state));
      else {
        open("outline");
        // The card may be of a state that was just made, or of a view that is opened now.
        requestAnimationFrame(() => { requestAnimationFrame(() => { show(state, stay); }); });
      }
    },
    source: (path: Path) => {
      const flow = session.legible();
      const node = nodeAt(flow.tree, path);
      const [what, state] = path;
      toLine(path.length === 2 && what === "states" ? lineOfState(flow, String(state)) : node ? lineOf(flow.tree, startOf(node)) : 1);
    },
    copy: (states) => {
      void navigator.clipboard.writeText(copied(session.legible(), states)).then(() => { notifications.show({ message: t.copiedState(states.join(", ")) }); });
    },
    paste: (behind) => {
      void navigator.clipboard.readText().then((text) => {
        if (isStates(text)) session.edit(pasted(text, behind));
        else notifications.show({ color: "orange", message: t.notStates });
      }, () => { notifications.show({ color: "orange", message: t.noClipboard }); });
    },
  }), [session, readOnly, open, toLine, choose, t]);
}

/** show scrolls to the card of a state, and gives it the focus. */
function show(state: string, stay: boolean): void {
  const card = document.getElementById(`state-${state}`);
  card?.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  if (!stay) card?.focus({ preventScroll: true });
}

/** useNamesOf are the names of the flow; they stay the same object while they are the same names. */
function useNamesOf(flow: Flow, program: string | undefined, price: Names["price"]): Names {
  const fields = useContactFields();
  const names: Names = {
    states: flow.states.map((s) => s.name),
    outcomes: [...new Set(flow.ways.flatMap((w) => w.end ?? []))],
    languages: flow.languages,
    suggestions: [...suggestionsOf(flow), ...fields.map((f) => ({ text: `contact.${f}`, from: "known" as const }))],
    program,
    price,
  };
  const key = JSON.stringify(names);
  return useMemo(() => JSON.parse(key) as Names, [key]);
}

interface ToolbarProps {
  name: string;
  flow: Flow;
  view: View;
  onView: (view: View) => void;
  saved: React.ReactNode;
  undo: (() => void) | undefined;
  redo: (() => void) | undefined;
  readOnly: boolean;
  onFind: () => void;
  onPublish: () => void;
  programs: React.ReactNode;
  period: Period;
  onPeriod: (period: Period) => void;
  /** Shown in a drawer; undefined: it stands beside the view. */
  side: React.ReactNode;
  sideShown: boolean;
  onSide: () => void;
}

function Toolbar({ name, flow, view, onView, saved, undo, redo, readOnly, onFind, onPublish, programs, period, onPeriod, side, sideShown, onSide }: ToolbarProps) {
  const t = useTexts(texts);
  const [drawer, { open: openDrawer, close: closeDrawer }] = useDisclosure(false);
  return (
    <div className={classes.toolbar}>
      <Group gap={8} wrap="nowrap" className={classes.heading}>
        <ActionIcon component={Link} to="/flows" variant="subtle" color="gray" aria-label={t.allFlows}><IconArrowLeft size={18} /></ActionIcon>
        <div style={{ minWidth: 0 }}>
          <Title order={1} className={classes.title}>{flow.title || name}</Title>
          {saved}
        </div>
      </Group>
      <Tabs value={view} onChange={(v) => { onView(v as View); }} variant="pills" className={classes.views}>
        <Tabs.List aria-label={t.view}>
          {views.map((v) => <Tabs.Tab key={v} value={v} size="sm">{t.views[v]}</Tabs.Tab>)}
        </Tabs.List>
      </Tabs>
      <Group gap={4} className={classes.tools}>
        {programs}
        {(view === "outline" || view === "canvas") && (
          <Select
            size="xs"
            style={{ flex: "0 1 8.5rem", minWidth: "5rem" }}
            aria-label={t.numbers}
            leftSection={<IconChartBar size={15} aria-hidden />}
            data={(["day", "week", "off"] as const).map((value) => ({ value, label: t.periods[value] }))}
            value={period}
            allowDeselect={false}
            comboboxProps={{ width: 200 }}
            onChange={(p) => { onPeriod(p as Period); }}
          />
        )}
        <Tooltip label={t.undo}><ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.undo} disabled={!undo} onClick={undo}><IconArrowBackUp size={18} /></ActionIcon></Tooltip>
        <Tooltip label={t.redo}><ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.redo} disabled={!redo} onClick={redo}><IconArrowForwardUp size={18} /></ActionIcon></Tooltip>
        {view !== "source" && <Tooltip label={t.find}><ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.find} onClick={onFind}><IconSearch size={18} /></ActionIcon></Tooltip>}
        <Tooltip label={t.side}>
          <ActionIcon variant={sideShown && !side ? "light" : "subtle"} color="gray" size="lg" aria-label={t.side} aria-pressed={side ? undefined : sideShown} onClick={side ? openDrawer : onSide}>
            <IconDeviceMobileMessage size={18} />
          </ActionIcon>
        </Tooltip>
        {!readOnly && <Button size="xs" className={classes.publish ?? ""} leftSection={<IconUpload size={16} />} onClick={onPublish}>{t.publish}</Button>}
      </Group>
      {side && <Drawer opened={drawer} onClose={closeDrawer} position="right" size="min(26rem, 100vw)" title={t.side} padding={0} styles={{ header: { padding: "0.75rem 1rem" } }}>{side}</Drawer>}
    </div>
  );
}

/** begin is the line that starts a flow, with what must be given made up. */
const begin = (flow: Flow): string => starting(flow.inputs.map((i) => ({ ...i, required: i.default === undefined })), Object.fromEntries(flow.inputs.filter((i) => i.default === undefined).map((i) => [i.name, madeUp[i.type] ?? "A1"])));

const madeUp: Record<string, string> = { number: "1", money: "1", flag: "true", date: "2026-11-20", time: "23:59", datetime: "2026-11-21T12:00", phone: "33612345678", list: "[]", map: "{}" };

interface SideProps {
  tab: string;
  onTab: (tab: string) => void;
  phone: React.ReactNode;
  unclear: React.ReactNode;
  tests: React.ReactNode;
  versions: React.ReactNode;
}

function Side({ tab, onTab, ...panels }: SideProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const names = ["phone", "unclear", "tests", "versions"] as const;
  return (
    <Tabs value={tab} onChange={(next) => { if (next) onTab(next); }} keepMounted={false} className={classes.sideTabs}>
      <Tabs.List grow aria-label={t.side}>
        {names.map((n) => <Tabs.Tab key={n} value={n} px="sm">{t[n]}</Tabs.Tab>)}
      </Tabs.List>
      <Suspense fallback={<Skeleton height={200} m="md" aria-label={c.loading} />}>
        {names.map((n) => <Tabs.Panel key={n} value={n} className={classes.sidePanel}>{panels[n]}</Tabs.Panel>)}
      </Suspense>
    </Tabs>
  );
}
