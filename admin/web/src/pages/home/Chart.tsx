import { Group, Text, VisuallyHidden } from "@mantine/core";

import type { Home } from "../../api/types";
import { useFormat, useTexts } from "../../i18n";
import { bar, height, niceMax, slot } from "./chart";
import classes from "./home.module.css";
import { texts } from "./texts";

const series = ["mo", "mt"] as const;

/** Chart draws the texts of each minute; those who do not see it get a table. */
export function Chart({ minutes }: { minutes: Home["minutes"] }) {
  const t = useTexts(texts);
  const format = useFormat();
  const max = niceMax(Math.max(0, ...minutes.flatMap(({ mo, mt }) => [mo, mt])));
  return (
    <>
      <div aria-hidden className={classes.chart}>
        <div className={classes.axis}>
          {[max, max / 2, 0].map((n) => <span key={n}>{format.number(n)}</span>)}
        </div>
        <svg viewBox={`0 0 ${minutes.length * slot} ${height}`} preserveAspectRatio="none" className={classes.plot}>
          {[0, 0.5, 1].map((part) => (
            <line key={part} x1={0} x2={minutes.length * slot} y1={height * part} y2={height * part} className={classes.rule} />
          ))}
          {minutes.map((minute, i) => (
            <g key={minute.at} className={classes.minute}>
              <title>{`${format.time(minute.at)} · ${t.mo} ${format.number(minute.mo)} · ${t.mt} ${format.number(minute.mt)}`}</title>
              <rect x={i * slot} y={0} width={slot} height={height} className={classes.slot} />
              {series.map((name, s) => <rect key={name} {...bar(i, s as 0 | 1, minute[name], max)} className={classes[name]} />)}
            </g>
          ))}
        </svg>
        <div className={classes.span}>
          <span>{t.ago}</span>
          <span>{t.now}</span>
        </div>
      </div>
      <Group aria-hidden gap="lg" mt="xs">
        {series.map((name) => (
          <Group key={name} gap={8}>
            <svg width={12} height={12}><rect width={12} height={12} rx={3} className={classes[name]} /></svg>
            <Text size="sm">{t[name]}</Text>
          </Group>
        ))}
      </Group>
      <VisuallyHidden>
        <table>
          <caption>{`${t.traffic}: ${t.perMinute}`}</caption>
          <thead>
            <tr>
              <th scope="col">{t.minute}</th>
              {series.map((name) => <th key={name} scope="col">{t[name]}</th>)}
            </tr>
          </thead>
          <tbody>
            {minutes.map((minute) => (
              <tr key={minute.at}>
                <th scope="row">{format.time(minute.at)}</th>
                {series.map((name) => <td key={name}>{format.number(minute[name])}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </>
  );
}
