import { Code, Text } from "@mantine/core";

import type { Carrier } from "../../api/types";
import { useFormat, useTexts } from "../../i18n";
import classes from "./carriers.module.css";
import { isFine, meaningOf } from "./meanings";
import { texts } from "./texts";

/** Responses counts what the carrier answered, in words. */
export function Responses({ responses }: { responses: Carrier["responses"] }) {
  const t = useTexts(texts);
  const format = useFormat();
  if (responses.length === 0) return <Text size="sm" c="dimmed" mt="md">{t.noResponses}</Text>;
  return (
    <table className={classes.table}>
      <caption className={classes.caption}>{t.responses}</caption>
      <thead>
        <tr>
          <th scope="col">{t.status}</th>
          <th scope="col">{t.meaning}</th>
          <th scope="col" className={classes.right}>{t.count}</th>
        </tr>
      </thead>
      <tbody>
        {responses.map(({ label, n }) => (
          <tr key={label}>
            <th scope="row"><Code c={isFine(label) ? "inherit" : "var(--mantine-color-error)"}>{label}</Code></th>
            <td>{meaningOf(label, t.statuses) ?? t.ownStatus}</td>
            <td className={classes.right}>{format.number(n)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
