import { useMemo } from "react";

import { useLanguage } from "../../i18n";

/** useMoment writes times of messages to the millisecond, and how much later something was. */
export function useMoment() {
  const { language } = useLanguage();
  return useMemo(() => {
    const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" });
    const unit = (name: string, digits: number) => new Intl.NumberFormat(language, { style: "unit", unit: name, maximumFractionDigits: digits });
    const [ms, seconds, minutes] = [unit("millisecond", 0), unit("second", 1), unit("minute", 0)];
    return {
      exact: (at: string) => time.format(new Date(at)),
      later(since: string, at: string) {
        const passed = Math.max(0, Date.parse(at) - Date.parse(since));
        if (passed < 1000) return `+${ms.format(passed)}`;
        return passed < 120_000 ? `+${seconds.format(passed / 1000)}` : `+${minutes.format(passed / 60_000)}`;
      },
    };
  }, [language]);
}
