import { visit, isPair, isScalar, isMap } from "yaml";

import type { Schema } from "../../../../api/types";
import { oneOrMore, parseTree, quoted, textOf, valueOf } from "../../yaml";

export type Moment = Schema<"Moment">;
export type Said = Schema<"Said">;
export type Input = Schema<"Input">;

/** World is what a flow's source says about the world that it is rehearsed in. */
export interface World {
  /** The `$` lines that all golden conversations share. */
  settings: string[];
  /** The keywords among them. */
  keywords: string[];
  /** Staff groups that are told something, or take over. */
  groups: string[];
  /** Events that some state waits for. */
  events: string[];
}

/** worldOf reads the world of a source. */
export function worldOf(text: string): World {
  const { doc } = parseTree(text);
  const lines = (textOf(valueOf(doc.contents, "tests")) ?? "").split("\n").map((line) => line.trim());
  const end = lines.findIndex((line) => line.startsWith("=="));
  const settings = lines.slice(0, end < 0 ? undefined : end).filter((line) => line.startsWith("$"));
  const groups = new Set<string>();
  const events = new Set<string>();
  visit(doc, {
    Pair(_, pair) {
      const key = isScalar(pair.key) ? String(pair.key.value) : "";
      const value = textOf(pair.value);
      if (key === "notify" && isMap(pair.value)) groups.add(textOf(valueOf(pair.value, "staff")) ?? "");
      if (key === "handoff") {
        groups.add(value ?? textOf(valueOf(pair.value, "group")) ?? "");
        events.add("handoff.done");
      }
      if (key === "events") for (const item of oneOrMore(pair.value)) oneOrMore(valueOf(item, "event")).forEach((node) => events.add(textOf(node) ?? ""));
      return isPair(pair) ? undefined : visit.SKIP;
    },
  });
  const named = (set: Set<string>) => [...set].filter(Boolean);
  const keywords = settings.flatMap((line) => /^\$\s*keyword\s+([^{=]*?)\s*(?:\{|\S+=|$)/.exec(line)?.[1] ?? []);
  return { settings, keywords, groups: named(groups), events: named(events) };
}

/** ahead is the `@` line that leads from one time to another. */
export function ahead(now: string, to: string): string {
  let seconds = Math.max(1, Math.ceil((Date.parse(to) - Date.parse(now)) / 1000));
  const parts = ([["d", 86_400], ["h", 3_600], ["m", 60], ["s", 1]] as const).map(([unit, length]) => {
    const n = Math.floor(seconds / length);
    seconds -= n * length;
    return n > 0 ? `${n}${unit}` : "";
  });
  return `@ +${parts.join("")}`;
}

/** wallClock is a time as clocks show it where it was written, whatever the browser's zone: to be formatted as UTC. */
export const wallClock = (at: string): Date => new Date(`${at.slice(0, 19)}Z`);

const plain = new Set(["number", "money", "flag", "list", "map"]);

/** starting is the line that starts a flow with inputs. */
export function starting(inputs: Input[], values: Record<string, string>): string {
  const given = inputs.flatMap(({ name, type }) => {
    const value = values[name]?.trim();
    return value ? [`${name}: ${plain.has(type) ? value : quoted(value)}`] : [];
  });
  return given.length > 0 ? `* start {${given.join(", ")}}` : "* start";
}

/** quickReplies guesses what a phone may answer to what it was told last. */
export function quickReplies(moments: Moment[], world: World): string[] {
  const told = moments.findLast((m) => m.said.some((s) => !s.to && s.text))?.said.filter((s) => !s.to && s.text) ?? [];
  if (told.length === 0) return world.keywords.slice(0, 3);
  const text = told.map((s) => s.text).join("\n");
  const digits = [...text.matchAll(/^(\d{1,2})[ .)]/gm)].map((m) => m[1] ?? "");
  const words = [...text.matchAll(/(?<![\p{L}\d-])\p{Lu}{2,12}(?![\p{L}\d-])/gu)].map((m) => m[0]);
  const menu = digits.length > 1 ? digits.slice(0, 9) : [];
  return [...new Set([...menu, ...words.slice(0, 6)].filter((word) => word !== "STOP"))];
}

/** kindOf tells what a line does. */
export function kindOf(line: string): { kind: "phone" | "staff" | "clock" | "event" | "setting" | "other"; who: string; text: string } {
  const [first = ""] = line;
  const rest = line.slice(1).trim();
  if (first === ">") return { kind: "phone", who: "", text: rest };
  if (first === "@") return { kind: "clock", who: "", text: rest };
  if (first === "*") return { kind: "event", who: "", text: rest };
  if (first === "$") return { kind: "setting", who: "", text: rest };
  const staff = /^([a-z][a-z0-9.-]*|\d{5,15})>\s*(.*)$/.exec(line);
  return staff ? { kind: "staff", who: staff[1] ?? "", text: staff[2] ?? "" } : { kind: "other", who: "", text: line };
}

/** linesOf are the lines of a rehearsal without the settings that all golden conversations share. */
export function linesOf(script: string, world: World): string {
  const lines = script.split("\n").filter(Boolean);
  const shared = world.settings.every((line, i) => lines[i] === line) ? world.settings.length : 0;
  return lines.slice(shared).join("\n");
}

/** goldenOf makes a golden conversation of lines. */
export const goldenOf = (name: string, lines: string): string => `== ${name.replaceAll(/\s+/g, " ").trim()}\n${lines.trim()}\n`;
