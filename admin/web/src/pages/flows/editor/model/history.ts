/** Edit is a source, and what was edited to make it. */
export interface History {
  past: readonly string[];
  present: string;
  future: readonly string[];
  /** What the last edit was of: edits of one thing that follow each other closely are one. */
  group: string | undefined;
  at: number;
}

/** How long typing may pause and still be undone as one. */
const pause = 1500;

export const begun = (source: string): History => ({ past: [], present: source, future: [], group: undefined, at: 0 });

export function edited(h: History, source: string, now: number, group?: string): History {
  if (source === h.present) return h;
  const joined = group !== undefined && group === h.group && now - h.at < pause && h.past.length > 0;
  return { past: joined ? h.past : [...h.past, h.present], present: source, future: [], group, at: now };
}

export function undone(h: History): History {
  const before = h.past.at(-1);
  if (before === undefined) return h;
  return { past: h.past.slice(0, -1), present: before, future: [h.present, ...h.future], group: undefined, at: 0 };
}

export function redone(h: History): History {
  const [next, ...rest] = h.future;
  if (next === undefined) return h;
  return { past: [...h.past, h.present], present: next, future: rest, group: undefined, at: 0 };
}
