import { useFormat, useTexts } from "../../../../i18n";
import { useNumbers } from "../context";
import classes from "../editor.module.css";
import type { Path } from "../../yaml";
import { wayAt } from "../model/insight";
import { texts } from "../texts";

/** StandFigures tell how many texts came to a state, and where people are. They have a line of their own, also before they come. */
export function StandFigures({ state }: { state: string }) {
  const t = useTexts(texts);
  const f = useFormat();
  const numbers = useNumbers();
  if (numbers === "off") return null;
  const stand = numbers === "reading" ? undefined : numbers.stands.get(state);
  const reached = numbers === "reading" ? 0 : numbers.reached(state);
  return (
    <p className={classes.figures}>
      {stand && (
        <>
          <span>{stand.silent || stand.came > 0 ? t.came(stand.came, f.number(stand.came)) : t.reached(reached, f.number(reached))}</span>
          <span data-live={stand.here > 0 || undefined}>{t.here(f.number(stand.here))}</span>
          {stand.silent && <span>{t.silentOf(f.number(stand.silent.count), f.percent((100 * stand.silent.count) / stand.silent.of))}</span>}
        </>
      )}
    </p>
  );
}

/** WayFigures tell how often an answer was given, and its share of the texts that came. */
export function WayFigures({ path, option }: { path: Path; option?: number }) {
  const t = useTexts(texts);
  const f = useFormat();
  const numbers = useNumbers();
  const way = wayAt(path);
  if (numbers === "off" || !way) return null;
  const by = option === undefined ? way.by : `${way.by}.${option}`;
  const count = numbers === "reading" ? 0 : numbers.met(way.from, by);
  const arm = by.startsWith("branch") || by.startsWith("split");
  const of = numbers === "reading" ? 0 : arm ? numbers.reached(way.from) : numbers.of(way.from);
  return (
    <span className={classes.count} data-none={count === 0 || undefined}>
      {numbers !== "reading" && (
        <>
          {t.times(f.number(count))}
          <small>{of > 0 && count > 0 && f.percent(Math.min(100, Math.round((100 * count) / of)))}</small>
        </>
      )}
    </span>
  );
}
