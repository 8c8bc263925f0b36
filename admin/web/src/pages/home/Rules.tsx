import { Badge, Text } from "@mantine/core";

import type { Home } from "../../api/types";
import { explainRule, ruleTexts } from "../../components/messages";
import { useFormat, useTexts } from "../../i18n";
import classes from "./home.module.css";
import { texts } from "./texts";

type Totals = Home["hour"];

/** Rules tells what the gate refused and held, and why. */
export function Rules({ hour, day }: { hour: Totals; day: Totals }) {
  const t = useTexts(texts);
  const format = useFormat();
  const rules = useTexts(ruleTexts);
  const rows = (["refused", "held"] as const).flatMap((kind) =>
    day[kind].map(({ label, n }) => ({ kind, label, day: n, hour: hour[kind].find((x) => x.label === label)?.n ?? 0, ...explainRule(label, rules) })),
  );
  if (rows.length === 0) return <Text c="dimmed">{t.noRules}</Text>;
  return (
    <table className={classes.figures}>
      <thead>
        <tr>
          <th scope="col">{t.rule}</th>
          <th scope="col">{t.hour}</th>
          <th scope="col">{t.day}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.kind} ${row.label}`}>
            <th scope="row">
              <Text span inherit fw={550} c="var(--mantine-color-text)">{row.name}</Text>{" "}
              <Badge size="sm" color={row.kind === "refused" ? "red" : "yellow"}>{t[row.kind]}</Badge>
              {row.text && <Text size="xs">{row.text}</Text>}
            </th>
            <td>{format.number(row.hour)}</td>
            <td>{format.number(row.day)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
