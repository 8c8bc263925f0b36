import type { Schema } from "../../../../api/types";
import type { Flow, State, Target } from "./flow";
import type { Path } from "../../yaml";

/** Stand is what is known of a state: how many texts came there, and who is there now. */
export interface Stand {
  came: number;
  here: number;
  /** Who came there in ways that are counted and neither answered nor is there now. Absent: it waits for no answer. */
  silent?: { count: number; of: number };
}

/** Numbers are how people went through a flow, where the views look for them. */
export interface Numbers {
  texts: number;
  since: string;
  stands: ReadonlyMap<string, Stand>;
  /** How often a way was taken, of a state or, under the empty name, of anywhere. */
  taken: (from: string, by: string) => number;
  /** How many texts it took, those included that left the question open after it. */
  met: (from: string, by: string) => number;
  /** How many texts could have taken it. */
  of: (from: string) => number;
  /** How often a state was entered in ways that are counted. */
  reached: (state: string) => number;
  /** How often a state that waits for nothing was left by its only way on. */
  passed: (state: string) => number;
}

const heard = /^(?:anywhere\.)?(?:reply:[\d.]*\d|else)$|^unknown$/;
/** What an action came back with, and the way that it was on. */
const result = /^(.+)\.do\d+\./;

/** numbersOf puts what was counted beside the states and ways of a flow. */
export function numbersOf(flow: Flow, passages: Schema<"Passages">): Numbers {
  const counts = new Map<string, number>();
  const came = new Map<string, number>();
  const add = (map: Map<string, number>, key: string, n: number) => map.set(key, (map.get(key) ?? 0) + n);
  for (const { state = "", by, count } of passages.ways ?? []) {
    if (heard.test(by)) {
      add(came, state, count);
      add(came, "", count);
    }
    const owner = by.startsWith("anywhere.") ? "" : state;
    add(counts, key(owner, by), count);
    const option = /^(.*reply:\d+)\.\d+$/.exec(by)?.[1];
    if (option) add(counts, key(owner, option), count);
  }
  const taken = (from: string, by: string) => counts.get(key(from, by)) ?? 0;
  const met = (from: string, by: string) => taken(from, by) + (by === "else" ? taken(from, "unknown") : 0);
  const here = new Map<string, number>();
  for (const { state, count } of passages.open ?? []) add(here, state, count);
  const { reached, passed, left } = passing(flow, passages);
  const stands = new Map(flow.states.map((s): [string, Stand] => {
    const of = reached(s.name);
    const stand = { came: came.get(s.name) ?? 0, here: here.get(s.name) ?? 0 };
    const silent = of - left(s) - stand.here;
    return [s.name, s.replies.length > 0 && of > 0 ? { ...stand, silent: { count: Math.max(0, silent), of } } : stand];
  }));
  return { texts: passages.texts, since: passages.since, stands, taken, met, reached, passed, of: (from) => came.get(from) ?? 0 };
}

const key = (from: string, by: string) => `${from}>${by}`;

/** passing follows the ways that are counted into states and out of them. */
function passing(flow: Flow, { ways }: Schema<"Passages">) {
  const states = new Map(flow.states.map((s) => [s.name, s]));
  const entered = new Map<string, number>();
  const stopped = new Map<string, number>();
  const gone = new Map<string, number>();
  const add = (map: Map<string, number>, name: string, n: number) => map.set(name, (map.get(name) ?? 0) + n);
  // A state that has one way on and waits for nothing is gone through uncounted.
  const goOn = (state: State, n: number, through: readonly string[]) => {
    if (!waits(state) && !state.call && !state.handoff) enter(state.target, n, [...through, state.name]);
  };
  const enter = (target: Target | undefined, n: number, through: readonly string[] = []) => {
    const state = target?.kind === "go" ? states.get(target.name) : undefined;
    if (!state || through.includes(state.name)) return;
    add(entered, state.name, n);
    goOn(state, n, through);
  };
  for (const { state: name = "", by, count } of ways ?? []) {
    const state = states.get(name);
    const target = by === "begin" ? { kind: "go" as const, name: flow.start } : targetOf(flow, state, by);
    const origin = result.exec(by)?.[1];
    // What an action came back with leads elsewhere than the way that it was on.
    if (origin === "enter" && state) {
      add(stopped, name, count);
      goOn(state, -count, []);
      if (waits(state)) add(gone, name, count);
    } else if (origin) enter(targetOf(flow, state, origin), -count);
    else if (target && target.name !== "again" && by !== "begin") add(gone, name, count);
    enter(target, count);
  }
  const reached = (state: string) => entered.get(state) ?? 0;
  return { reached, passed: (state: string) => reached(state) - (stopped.get(state) ?? 0), left: (state: State) => gone.get(state.name) ?? 0 };
}

const waits = (s: State) => s.replies.length + s.timeouts.length + s.events.length > 0 || s.otherwise !== undefined;

/** targetOf is where a way that was taken leads. */
function targetOf(flow: Flow, state: State | undefined, by: string): Target | undefined {
  const owner = by.startsWith("anywhere.") ? flow.anywhere : state;
  const [what = "", at = ""] = by.replace("anywhere.", "").split(":");
  const [index = 0, option] = at.split(".").map(Number);
  if (!result.test(by)) switch (what) {
    case "reply": {
      const reply = owner?.replies[index];
      return (option === undefined ? undefined : reply?.options[option]?.target) ?? reply?.target;
    }
    case "else": return owner?.otherwise?.target;
    case "branch": return state?.branch[index]?.target;
    case "split": return state?.split[index]?.target;
    default: break;
  }
  const way = flow.ways.find((w) => w.by === by && w.from === (by.startsWith("anywhere.") ? "" : state?.name));
  return way?.to === undefined ? undefined : { kind: "go", name: way.to };
}

/** wayAt is the way that stands at a path, if it is one that is counted. */
export function wayAt(path: Path): { from: string; by: string } | undefined {
  const anywhere = path[0] === "anywhere";
  const [what, index] = path.slice(anywhere ? 1 : 2);
  const from = anywhere ? "" : String(path[1]);
  const prefix = anywhere ? "anywhere." : "";
  if (what === "else") return { from, by: `${prefix}else` };
  if (typeof index !== "number") return undefined;
  if (what === "replies") return { from, by: `${prefix}reply:${index}` };
  return what === "branch" || what === "split" ? { from, by: `${what}:${index}` } : undefined;
}
