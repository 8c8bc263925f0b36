import { useEffect, useState } from "react";

import { api } from "../../../api/client";
import type { Schema } from "../../../api/types";
import type { Checks, Sized } from "./context";
import { readFlow, stateAt, type Flow } from "./model/flow";
import { isMap, nodeAt, offsetOf, pairsOf, pathKey, keyOf, startOf, type Node } from "../yaml";

export type Trouble = Schema<"Trouble">;

/** Finding is a problem, and the state that it is in. */
export interface Finding extends Trouble {
  state: string | undefined;
}

export interface Checked extends Checks {
  /** The source that was checked; it may have changed since. */
  source: string;
  findings: Finding[];
  shape: Schema<"FlowShape"> | undefined;
  /** What a segment costs, where somebody has said. */
  price: Schema<"Price"> | undefined;
}

const pause = 300;
const again = 5000;

/** useCheck checks the source as it is written; the newest request alone counts. */
export function useCheck(source: string, program: string | undefined): { checked: Checked | undefined; error: unknown } {
  const [checked, setChecked] = useState<Checked>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const abort = new AbortController();
    const check = async () => {
      try {
        const found = await api.post<Schema<"Checked">>("/flows/check", { source, ...(program && { program }) }, { signal: abort.signal });
        setChecked((before) => {
          const now = understood(source, found);
          // A flow with errors is not measured: what was is still nearly right.
          return before && !now.shape ? { ...now, sizes: before.sizes } : now;
        });
        setError(undefined);
      } catch (problem) {
        if (abort.signal.aborted) return;
        setError(problem);
        timer = setTimeout(() => void check(), again);
      }
    };
    let timer = setTimeout(() => void check(), pause);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [source, program]);
  return { checked, error };
}

/** understood puts what was found beside the states and texts that it is about. */
export function understood(source: string, found: Schema<"Checked">): Checked {
  const flow = readFlow(source);
  const findings = found.problems.map((p): Finding => ({ ...p, state: p.line ? stateAt(flow, p.line) : undefined }));
  const problems = new Map<string, Trouble[]>();
  for (const f of findings) problems.set(f.state ?? "", [...(problems.get(f.state ?? "") ?? []), f]);
  const shape = found.flow as Schema<"FlowShape"> | undefined;
  return { source, findings, shape, price: found.segment_price, problems, sizes: sizesOf(flow, shape?.texts ?? []) };
}

function sizesOf(flow: Flow, texts: Schema<"TextSize">[]): Map<string, Sized> {
  const at = new Map<number, Schema<"TextSize">[]>();
  for (const t of texts) {
    const offset = offsetOf(flow.source, t.line, t.column);
    at.set(offset, [...(at.get(offset) ?? []), t]);
  }
  const out = new Map<string, Sized>();
  for (const say of flow.says) {
    const node = nodeAt(flow.tree, say.path);
    if (!node) continue;
    const texts: [Node, string | undefined, string][] = isMap(node)
      ? pairsOf(node).map((p) => [p.value as Node, keyOf(p), say.byLanguage[keyOf(p)] ?? ""])
      : [[node, undefined, say.all ?? ""]];
    for (const [held, language, text] of texts) {
      const worst = (at.get(startOf(held)) ?? []).reduce<Schema<"TextSize"> | undefined>((a, b) => (a && a.segments >= b.segments ? a : b), undefined);
      if (worst) out.set(textKey(say.path, language), { text, size: worst });
    }
  }
  return out;
}

/** textKey names a text of a flow. */
export const textKey = (path: readonly (string | number)[], language: string | undefined): string => `${pathKey(path)} ${language ?? ""}`;
