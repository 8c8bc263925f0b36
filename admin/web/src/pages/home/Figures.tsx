import { Text } from "@mantine/core";

import type { Home } from "../../api/types";
import { useFormat, useTexts } from "../../i18n";
import { share } from "./chart";
import classes from "./home.module.css";
import { texts } from "./texts";

type Totals = Home["hour"];

/** Figures are the totals of the hour and of the day. */
export function Figures({ hour, day }: { hour: Totals; day: Totals }) {
  const t = useTexts(texts);
  const settled = ({ delivered, failed }: Totals) => delivered + failed;
  const rows: [string, (of: Totals) => number, ((of: Totals) => number)?][] = [
    [t.mo, (of) => of.mo],
    [t.mt, (of) => of.mt],
    [t.delivered, (of) => of.delivered, settled],
    [t.failed, (of) => of.failed, settled],
    [t.optOuts, (of) => of.opt_outs, (of) => of.mo],
  ];
  return (
    <table className={classes.figures}>
      <thead>
        <tr>
          <td />
          <th scope="col">{t.hour}</th>
          <th scope="col">{t.day}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, value, whole]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {[hour, day].map((of, i) => <td key={i}><Figure value={value(of)} whole={whole?.(of)} /></td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Figure({ value, whole }: { value: number; whole: number | undefined }) {
  const format = useFormat();
  const percent = whole === undefined ? undefined : share(value, whole);
  return (
    <>
      {format.number(value)}
      {percent !== undefined && (
        <Text span size="xs" c="dimmed" ml={6}>
          {format.percent(percent)}
        </Text>
      )}
    </>
  );
}
