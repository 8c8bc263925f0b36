import { useMemo } from "react";

import { useLanguage, type Language } from "./language";

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** formatters write dates and numbers as the language does. */
export function formatters(language: Language) {
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
  const exactly = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const time = new Intl.DateTimeFormat(language, { timeStyle: "short" });
  const timeExactly = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
  const number = new Intl.NumberFormat(language);
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return {
    dateTime: (at: string | Date) => dateTime.format(new Date(at)),
    exact: (at: string | Date) => exact.format(new Date(at)),
    /** exactly is short, and to the second. */
    exactly: (at: string | Date) => exactly.format(new Date(at)),
    date: (at: string | Date) => date.format(new Date(at)),
    time: (at: string | Date) => time.format(new Date(at)),
    timeExactly: (at: string | Date) => timeExactly.format(new Date(at)),
    number: (n: number) => number.format(n),
    percent: (n: number) => percent.format(n / 100),
    /** ago tells how far a time is from now, to the minute. */
    ago(at: string | Date, now: number): string {
      const seconds = (new Date(at).getTime() - now) / 1000;
      for (const [unit, length] of units) {
        if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
      }
      return relative.format(0, "second");
    },
  };
}

/** useFormat gives formatters in the language of the UI. */
export function useFormat() {
  const { language } = useLanguage();
  return useMemo(() => formatters(language), [language]);
}
