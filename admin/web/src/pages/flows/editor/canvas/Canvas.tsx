import "@xyflow/react/dist/style.css";

import { Badge, Button, Drawer, Group, Modal, Select, Stack, useComputedColorScheme } from "@mantine/core";
import { Background, BaseEdge, Controls, EdgeLabelRenderer, Handle, MarkerType, MiniMap, Position, ReactFlow, ReactFlowProvider, useReactFlow, type Connection, type Edge, type EdgeProps, type Node, type NodeProps } from "@xyflow/react";
import { useEffect, useMemo, useState } from "react";

import { useFormat, useTexts } from "../../../../i18n";
import { useChecks, useEditing, useNumbers } from "../context";
import classes from "../editor.module.css";
import { addReply, addTimeout, setWay } from "../model/edits";
import type { Flow } from "../model/flow";
import { draftOf, heard, matcherKinds, type MatcherKind } from "../outline/Matcher";
import { sources } from "../outline/Outline";
import { StateCard } from "../outline/StateCard";
import { texts, type EditorTexts } from "../texts";
import { graphOf, pathOf, size, textOf, type Line, type Spot } from "./graph";

interface CanvasProps {
  flow: Flow;
  /** The state that is edited beside the canvas. */
  chosen: string | undefined;
  onChoose: (state: string | undefined) => void;
}

type SpotNode = Node<{ spot: Spot; start: boolean; text: string; still: string }, "spot">;
type WayEdge = Edge<{ line: Line }, "way">;

/** Canvas is the flow as a picture: laid out by itself, each state to be edited beside it. */
export default function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Picture {...props} />
    </ReactFlowProvider>
  );
}

function Picture({ flow, chosen, onChoose }: CanvasProps) {
  const t = useTexts(texts);
  const { readOnly } = useEditing();
  const scheme = useComputedColorScheme();
  const [connection, setConnection] = useState<Connection>();
  const label = useLabels(flow);
  const { spots, lines } = useGraph(flow, label);
  const { setCenter } = useReactFlow();
  const nodes = useMemo(() => spots.map((spot): SpotNode => ({
    id: spot.id, type: "spot", position: { x: spot.x, y: spot.y }, ...size[spot.kind],
    data: { spot, start: flow.start === spot.name && spot.kind === "state", text: saysOf(flow, spot.name), still: stillOf(flow, spot.name, t) },
    selected: spot.kind === "state" && spot.name === chosen,
    ariaLabel: spot.kind === "state" ? spot.name : spot.kind === "end" ? t.ends(spot.name) : t.anywhere,
    focusable: spot.kind === "state",
  })), [spots, flow, chosen, t]);
  const edges = useMemo(() => lines.map((l): WayEdge => ({
    id: l.id, source: l.from, target: l.to, type: "way", focusable: false, data: { line: l },
    ...(l.from === "anywhere" && { style: { strokeDasharray: "5 4" } }),
    markerEnd: { type: MarkerType.ArrowClosed, width: 18, height: 18 },
  })), [lines]);
  useEffect(() => {
    const spot = spots.find((s) => s.kind === "state" && s.name === chosen);
    if (spot) void setCenter(spot.x + 115, spot.y + 46, { zoom: 1, duration: 200 });
    // Only a choice moves the picture, not each edit.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen]);
  const state = flow.states.find((s) => s.name === chosen);
  return (
    <div className={classes.canvas}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={scheme}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.1 }}
        minZoom={0.05}
        onlyRenderVisibleElements={spots.length > 100}
        nodesDraggable={false}
        nodesConnectable={!readOnly}
        elevateNodesOnSelect={false}
        onNodeClick={(_, node) => { if (node.type === "spot" && node.id.startsWith("state ")) onChoose(node.id.slice("state ".length)); }}
        onNodesChange={(changes) => {
          for (const c of changes) if (c.type === "select" && c.selected && c.id.startsWith("state ")) onChoose(c.id.slice("state ".length));
        }}
        onPaneClick={() => { onChoose(undefined); }}
        onConnect={(made) => { if (made.source.startsWith("state ") && !made.target.startsWith("anywhere")) setConnection(made); }}
        aria-label={t.views.canvas}
      >
        <Background gap={20} />
        <Controls showInteractive={false} />
        {spots.length > 8 && <MiniMap pannable zoomable ariaLabel={t.miniMap} style={{ width: 140, height: 100 }} />}
      </ReactFlow>
      <Drawer opened={state !== undefined} onClose={() => { onChoose(undefined); }} position="right" size="min(34rem, 100vw)" title={t.state} overlayProps={{ backgroundOpacity: 0 }} lockScroll={false}>
        {state && <StateCard state={state} isStart={flow.start === state.name} from={sources(flow).get(state.name) ?? ""} movable={false} />}
      </Drawer>
      {connection && <Connect key={connection.source + connection.target} connection={connection} onClose={() => { setConnection(undefined); }} />}
    </div>
  );
}

/** WayView is a line as it was laid out, with what it is taken for. */
function WayView({ id, data, markerEnd, style }: EdgeProps<WayEdge>) {
  const f = useFormat();
  const numbers = useNumbers();
  if (!data) return null;
  const { line } = data;
  const count = typeof numbers === "string" ? 0 : line.ways.reduce((sum, { from, by }) => sum + (by === "go" ? numbers.passed(from) : numbers.taken(from, by)), 0);
  const width = count > 0 ? { strokeWidth: Math.min(6, 1.5 + Math.log10(count + 1)) } : {};
  return (
    <>
      <BaseEdge id={id} path={pathOf(line.points)} {...(markerEnd && { markerEnd })} style={{ ...style, ...width }} />
      {(line.label || count > 0) && (
        <EdgeLabelRenderer>
          <div className={classes.way} title={line.labels.join(" · ")} style={{ transform: `translate(-50%, -50%) translate(${line.at.x}px, ${line.at.y}px)` }}>
            {line.label && <span>{line.label}</span>}
            {count > 0 && <b>{f.number(count)}</b>}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

/** useGraph lays the flow out again when its ways change, not when its texts do. */
function useGraph(flow: Flow, label: (from: string, by: string) => string) {
  const key = JSON.stringify([flow.states.map((s) => s.name), flow.ways.map((w) => [w, label(w.from, w.by)]), flow.anywhere !== undefined]);
  const [laid, setLaid] = useState(() => ({ key, graph: graphOf(flow, label) }));
  if (laid.key === key) return laid.graph;
  const graph = graphOf(flow, label);
  setLaid({ key, graph });
  return graph;
}

function saysOf(flow: Flow, name: string): string {
  const state = flow.states.find((s) => s.name === name);
  return state ? textOf(state, flow.languages[0] ?? "") : "";
}

/** stillOf tells of a state that says nothing what it does. */
function stillOf(flow: Flow, name: string, t: EditorTexts): string {
  const state = flow.states.find((s) => s.name === name);
  const does = [
    ...(state?.do ?? []).map((a) => t.actions[a.name as keyof typeof t.actions]),
    state?.handoff && t.handoff, state?.call && `${t.call} ${state.call.flow}`, state?.branch.length ? t.wayBranch : "", state?.split.length ? t.waySplit : "",
  ].filter(Boolean);
  return does.join(" · ") || t.silent;
}

function SpotView({ data: { spot, start, text, still } }: NodeProps<SpotNode>) {
  const t = useTexts(texts);
  const { readOnly } = useEditing();
  const f = useFormat();
  const { problems } = useChecks();
  const numbers = useNumbers();
  const stand = spot.kind === "state" && typeof numbers !== "string" ? numbers.stands.get(spot.name) : undefined;
  const came = stand && typeof numbers !== "string" ? stand.came || numbers.reached(spot.name) : 0;
  const found = spot.kind === "state" ? (problems.get(spot.name) ?? []) : [];
  const bad = found.some((p) => p.severity === "error");
  return (
    <div className={classes.spot} data-kind={spot.kind} data-bad={bad || undefined}>
      {spot.kind !== "anywhere" && <Handle type="target" position={Position.Top} isConnectable={!readOnly} />}
      <div className={classes.spotName}>
        {spot.kind === "end" ? t.ends(spot.name) : spot.kind === "anywhere" ? t.anywhere : spot.name}
        {start && <Badge size="xs">{t.start}</Badge>}
        {found.length > 0 && <Badge size="xs" color={bad ? "red" : "yellow"}>{found.length}</Badge>}
        {stand && (came > 0 || stand.here > 0) && (
          <span className={classes.spotFigures} title={`${t.came(came, f.number(came))} · ${t.here(f.number(stand.here))}`}>
            {f.number(came)}
            {stand.here > 0 && <b>{f.number(stand.here)}</b>}
          </span>
        )}
      </div>
      {spot.kind === "state" && <div className={classes.spotText} data-still={!text || undefined}>{text || still}</div>}
      {spot.kind !== "end" && <Handle type="source" position={Position.Bottom} isConnectable={!readOnly && spot.kind === "state"} />}
    </div>
  );
}

const nodeTypes = { spot: SpotView };
const edgeTypes = { way: WayView };

/** useLabels names the ways as the outline does. */
function useLabels(flow: Flow): (from: string, by: string) => string {
  const t = useTexts(texts);
  return useMemo(() => {
    const owners = new Map([...flow.states.map((s) => [s.name, s] as const)]);
    return (from, by) => {
      const state = owners.get(from);
      const owner = state ?? flow.anywhere;
      const [what = "", at = ""] = by.replace("anywhere.", "").split(":");
      const [index = 0, option] = at.split(".").map(Number);
      switch (what) {
        case "reply": {
          const reply = owner?.replies[index];
          const label = option === undefined ? undefined : reply?.options[option]?.label;
          return label ? (label.all ?? Object.values(label.byLanguage)[0] ?? "") : reply ? heard(reply, t) : "";
        }
        case "else": return t.else;
        case "timeout": {
          const timeout = owner?.timeouts[index];
          return timeout?.after ?? timeout?.at ?? "";
        }
        case "event": return owner?.events[index]?.event ?? "";
        case "branch": return state?.branch[index]?.key ?? t.elseWay;
        case "split": return `${state?.split[index]?.key ?? ""} %`;
        case "go": return "";
        case "handoff": return at === "away" ? t.away : t.done;
        default: return at || what;
      }
    };
  }, [flow, t]);
}

/** Connect asks what leads from a state to another. */
function Connect({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const t = useTexts(texts);
  const { edit } = useEditing();
  const [kind, setKind] = useState<MatcherKind>("yes");
  const from = connection.source.replace(/^state /, "");
  const [what = "state", name = ""] = connection.target.split(" ");
  const key = what === "end" ? "end" : "go";
  const path = ["states", from];
  const take = (edited: Parameters<typeof edit>[0]) => {
    edit(edited);
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={t.connect(from, what === "end" ? t.ends(name) : name)}>
      <Stack>
        <Group align="flex-end" wrap="nowrap">
          <Select label={t.whenTheyAnswer} data={matcherKinds.map((k) => ({ value: k, label: t.kinds[k] }))} value={kind} allowDeselect={false} onChange={(k) => { setKind(k as MatcherKind); }} style={{ flex: 1 }} data-autofocus />
          <Button onClick={() => { take(addReply(path, { ...draftOf(kind, t.word), [key]: name })); }}>{t.addAnswer}</Button>
        </Group>
        <Button variant="default" onClick={() => { take(addTimeout(path, { after: "1h", [key]: name })); }}>{t.afterAnHour}</Button>
        <Button variant="default" onClick={() => { take(setWay(path, key, name)); }}>{t.atOnce}</Button>
      </Stack>
    </Modal>
  );
}
