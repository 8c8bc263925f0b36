import type { Flow } from "./flow";

/** Golden is a conversation that must come out exactly. */
export interface Golden {
  name: string;
  /** Its first line in the source. */
  line: number;
  lines: string[];
}

/** goldens are the tests of a flow. */
export function goldens(flow: Flow): Golden[] {
  const out: Golden[] = [];
  flow.tests.split("\n").forEach((text, i) => {
    const line = text.trim();
    if (line.startsWith("==")) out.push({ name: line.replace(/^==\s*/, ""), line: flow.testsLine + i, lines: [] });
    else if (line) out.at(-1)?.lines.push(line);
  });
  return out;
}

/** goldenAt is the index of the test that a line of the source is in; -1: none. */
export const goldenAt = (tests: readonly Golden[], line: number): number => tests.findLastIndex((t) => t.line <= line);

/** named makes a script that has no name a test. */
export function named(script: string, name: string): string {
  return /^\s*==/.test(script) ? script : `== ${name}\n${script}`;
}
