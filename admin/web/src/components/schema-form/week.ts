/** The days of the week as files write them, from Monday. */
export const dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof dayNames)[number];

/** daysOf reads weekdays such as mon-fri or mon,wed,sat-sun; undefined when they are none. */
export function daysOf(text: string): Day[] | undefined {
  const on = new Set<Day>();
  for (const part of text.toLowerCase().split(",")) {
    const [first = "", last = first] = part.trim().split("-").map((day) => day.trim());
    const from = dayNames.indexOf(first as Day);
    const to = dayNames.indexOf(last as Day);
    if (from < 0 || to < 0) return undefined;
    for (let d = from; ; d = (d + 1) % 7) {
      on.add(dayNames[d] as Day);
      if (d === to) break;
    }
  }
  return dayNames.filter((day) => on.has(day));
}

/** daysText writes weekdays as files do: three or more in a row are a span. */
export function daysText(days: readonly Day[]): string {
  const parts: string[] = [];
  for (let i = 0; i < 7; ) {
    let end = i;
    while (end < 7 && days.includes(dayNames[end] as Day)) end++;
    if (end - i >= 3) parts.push(`${dayNames[i]}-${dayNames[end - 1]}`);
    else for (let d = i; d < end; d++) parts.push(dayNames[d] as string);
    i = Math.max(end, i + 1);
  }
  return parts.join(",");
}

/** Hours are a window of the day, undefined for a day that is closed. */
export interface Hours { from: string; to: string }
export type Week = Record<Day, Hours | undefined>;

/** hoursOf reads hours such as 08:00-14:30; undefined when they are none. */
export function hoursOf(text: string): Hours | undefined {
  const [, from = "", to = ""] = /^\s*(\d?\d:\d\d)\s*-\s*(\d?\d:\d\d)\s*$/.exec(text) ?? [];
  return from ? { from: from.padStart(5, "0"), to: to.padStart(5, "0") } : undefined;
}

export const hoursText = ({ from, to }: Hours) => `${from}-${to}`;

/** weekOf reads opening hours by days; undefined when a week of one window a day cannot show them. */
export function weekOf(entries: readonly (readonly [days: string, hours: string])[]): Week | undefined {
  const week: Partial<Week> = {};
  for (const [text, written] of entries) {
    const days = daysOf(text);
    const hours = written === "closed" ? undefined : hoursOf(written);
    if (!days || (written !== "closed" && !hours)) return undefined;
    for (const day of days) {
      if (day in week) return undefined; // two windows of one day
      week[day] = hours;
    }
  }
  return Object.fromEntries(dayNames.map((day) => [day, week[day]])) as Week;
}

/** weekEntries writes opening hours by days, those alike together. Closed days need no words, unless all are. */
export function weekEntries(week: Week): [days: string, hours: string][] {
  const groups = new Map<string, Day[]>();
  for (const day of dayNames) {
    const hours = week[day];
    if (hours) groups.set(hoursText(hours), [...(groups.get(hoursText(hours)) ?? []), day]);
  }
  if (groups.size === 0) return [["mon-sun", "closed"]];
  return [...groups].map(([hours, days]) => [daysText(days), hours]);
}
