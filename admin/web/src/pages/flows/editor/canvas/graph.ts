import { Graph, layout } from "@dagrejs/dagre";

import type { Flow, State, Way } from "../model/flow";

/** Spot is a state, an outcome or `anywhere` on the canvas. */
export interface Spot {
  id: string;
  kind: "state" | "end" | "anywhere";
  name: string;
  x: number;
  y: number;
}

export interface Line {
  id: string;
  from: string;
  to: string;
  labels: string[];
  ways: Way[];
  label: string;
  /** Where it runs between the nodes. */
  points: { x: number; y: number }[];
  /** Where its label stands. */
  at: { x: number; y: number };
}

export const size = { state: { width: 230, height: 92 }, end: { width: 140, height: 36 }, anywhere: { width: 160, height: 40 } };

export const anywhere = "anywhere";
const stateId = (name: string) => `state ${name}`;
const endId = (name: string, from: string) => `end ${name} ${from}`;

/** An outcome that more states end with is drawn beside each of them: lines across everything tell nothing. */
const shared = 3;

/** graphOf lays out a flow: its states, what leads from one to another, and how it ends. */
export function graphOf(flow: Flow, labelOf: (from: string, by: string) => string): { spots: Spot[]; lines: Line[] } {
  const known = new Set(flow.states.map((s) => s.name));
  const spots: Spot[] = flow.states.map((s) => ({ id: stateId(s.name), kind: "state", name: s.name, x: 0, y: 0 }));
  const lines = new Map<string, Line>();
  const ends = new Map<string, string>();
  const enders = new Map<string, Set<string>>();
  for (const { from, end } of flow.ways) if (end !== undefined) enders.set(end, (enders.get(end) ?? new Set()).add(from));
  for (const way of flow.ways) {
    const from = way.from ? stateId(way.from) : anywhere;
    if (way.to !== undefined && !known.has(way.to)) continue;
    const end = endId(way.end ?? "", (enders.get(way.end ?? "")?.size ?? 0) > shared ? way.from : "");
    const to = way.to !== undefined ? stateId(way.to) : end;
    if (way.end !== undefined) ends.set(end, way.end);
    const id = `${from} → ${to}`;
    const line = lines.get(id) ?? { id, from, to, labels: [], ways: [], label: "", points: [], at: { x: 0, y: 0 } };
    const label = labelOf(way.from, way.by);
    if (label && !line.labels.includes(label)) line.labels.push(label);
    line.ways.push(way);
    lines.set(id, line);
  }
  for (const [id, name] of ends) spots.push({ id, kind: "end", name, x: 0, y: 0 });
  if (flow.anywhere) spots.push({ id: anywhere, kind: "anywhere", name: "", x: 0, y: 0 });
  place(spots, [...lines.values()]);
  return { spots, lines: [...lines.values()] };
}

/** textOf is what a state says in the first language that it says it in. */
export const textOf = ({ say }: State, language: string): string => say?.all ?? say?.byLanguage[language] ?? Object.values(say?.byLanguage ?? {})[0] ?? "";

function place(spots: Spot[], lines: Line[]): void {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 50, ranksep: 70, marginx: 20, marginy: 20, ...(spots.length > 80 && { ranker: "tight-tree" }) });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const s of spots) graph.setNode(s.id, { ...size[s.kind] });
  for (const l of lines) {
    l.label = short(l.labels.join(" · "));
    graph.setEdge(l.from, l.to, { width: l.label ? 14 + l.label.length * 6 : 0, height: 20, labelpos: "c" });
  }
  layout(graph);
  for (const l of lines) {
    const edge = graph.edge(l.from, l.to) as { points: Line["points"]; x?: number; y?: number };
    l.points = edge.points;
    const middle = edge.points[Math.floor(edge.points.length / 2)];
    l.at = { x: edge.x ?? middle?.x ?? 0, y: edge.y ?? middle?.y ?? 0 };
  }
  for (const s of spots) {
    const at = graph.node(s.id) as { x: number; y: number };
    s.x = at.x - size[s.kind].width / 2;
    s.y = at.y - size[s.kind].height / 2;
  }
}

const short = (text: string) => (text.length > 28 ? `${text.slice(0, 27)}…` : text);

/** pathOf draws a line through points, round at each. */
export function pathOf(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (!first || !last) return "";
  const bends = rest.slice(0, -1).map((p, i) => {
    const next = rest[i + 1] ?? last;
    const end = i === rest.length - 2 ? last : { x: (p.x + next.x) / 2, y: (p.y + next.y) / 2 };
    return `Q ${p.x} ${p.y} ${end.x} ${end.y}`;
  });
  return `M ${first.x} ${first.y} ${bends.length > 0 ? bends.join(" ") : `L ${last.x} ${last.y}`}`;
}
