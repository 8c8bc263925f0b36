import type { Entry, Flow, Listening, Say } from "./flow";

/** Found is a place that holds what is looked for. */
export interface Found {
  /** Undefined: anywhere, or the head of the flow. */
  state?: string;
  text: string;
  at: number;
}

/** find looks for a text in the names, texts, words and comments of states. */
export function find(flow: Flow, query: string): Found[] {
  const wanted = fold(query.trim());
  if (!wanted) return [];
  const out: Found[] = [];
  const look = (state: string | undefined, text: string | undefined) => {
    const at = text ? fold(text).indexOf(wanted) : -1;
    if (text && at >= 0) out.push({ ...(state !== undefined && { state }), text, at });
  };
  const say = (state: string | undefined, s: Say | undefined) => {
    look(state, s?.all);
    Object.values(s?.byLanguage ?? {}).forEach((t) => { look(state, t); });
  };
  const entry = (state: string | undefined, e: Entry) => {
    look(state, e.comment.above);
    look(state, e.if);
    look(state, e.save);
    e.do.forEach((a) => { look(state, `${a.name} ${a.source}`); });
    say(state, e.say);
    if (e.target) look(state, `→ ${e.target.name}`);
  };
  const listening = (state: string | undefined, l: Listening) => {
    look(state, l.comment.above);
    look(state, l.comment.behind);
    for (const r of l.replies) {
      look(state, [r.is, r.pattern, r.list, ...[r.words, r.starts].flatMap((w) => [...(w?.all ?? []), ...Object.values(w?.byLanguage ?? {}).flat()])].filter(Boolean).join(", "));
      r.options.forEach((o) => { say(state, o.label); entry(state, o); });
      entry(state, r);
    }
    [...l.timeouts, ...l.events, ...(l.otherwise ? [l.otherwise] : [])].forEach((e) => { entry(state, e); });
  };
  if (flow.anywhere) listening(undefined, flow.anywhere);
  for (const s of flow.states) {
    look(s.name, s.name);
    look(s.name, s.note);
    s.do.forEach((a) => { look(s.name, `${a.name} ${a.source}`); });
    say(s.name, s.say);
    listening(s.name, s);
  }
  return out;
}

/** fold makes case and accents the same, letter for letter. */
export const fold = (text: string): string => [...text].map((c) => c.normalize("NFD")[0] ?? c).join("").toLowerCase();
