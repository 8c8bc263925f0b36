import { daysOf, hoursOf } from "../../components/schema-form";
import { dayNames } from "../../components/schema-form/week";

/** Entry is one of the entries of a word, as the file of repartee apply has it. */
export interface Entry {
  short_code: string;
  word: string;
  aliases?: string[];
  program: string;
  flow: string;
  language?: string;
  place?: string;
  inputs?: Record<string, string>;
  from?: string;
  until?: string;
  days?: string;
  hours?: string;
  time_zone?: string;
}

/** A word answers now, will, or does no more. */
export type State = "live" | "later" | "over";

/** stateOf tells whether an entry answers at a moment, by the clock of its time zone. */
export function stateOf(entry: Entry, programZone: string, now: number): State {
  if (!isLimited(entry)) return "live";
  const wall = wallOf(now, entry.time_zone ?? programZone);
  if (entry.until && wall.moment >= momentOf(entry.until)) return "over";
  if (entry.from && wall.moment < momentOf(entry.from)) return "later";
  const days = entry.days ? daysOf(entry.days) : undefined;
  const hours = entry.hours ? hoursOf(entry.hours) : undefined;
  const open = (!days || days.includes(wall.day)) && (!hours || (hours.from <= wall.clock && wall.clock < hours.to));
  return open ? "live" : "later";
}

export const isLimited = ({ from, until, days, hours }: Entry): boolean => Boolean(from ?? until ?? days ?? hours);

/** momentOf writes a moment such as 2026-11-20 or 2026-11-20 20:00 so that it compares as text. */
const momentOf = (text: string): string => `${text.replace(" ", "T")}T00:00:00`.slice(0, text.length > 10 ? Math.max(16, text.length) : 16);

interface Wall {
  moment: string;
  clock: string;
  day: (typeof dayNames)[number];
}

/** wallOf is what a clock on the wall shows in a zone. */
function wallOf(now: number, timeZone: string): Wall {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone, hourCycle: "h23", weekday: "short", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  const part = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const clock = `${part.hour}:${part.minute}`;
  return { moment: `${part.year}-${part.month}-${part.day}T${clock}:${part.second}`, clock, day: dayNames.find((day) => day === part.weekday?.toLowerCase()) ?? "mon" };
}
