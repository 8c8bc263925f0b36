import { Text } from "@mantine/core";
import { Link } from "react-router";

import { may, useMe } from "../../api/session";
import type { Home, Right } from "../../api/types";
import { useFormat, useTexts } from "../../i18n";
import { Part } from "./Part";
import classes from "./home.module.css";
import { texts } from "./texts";

/** Waiting counts what needs a person, and what waits for its time. */
export function Waiting({ waiting }: { waiting: Home["waiting"] }) {
  const t = useTexts(texts);
  const me = useMe();
  const items: [keyof Home["waiting"], string, Right][] = [["handoffs", "/handoffs", "answer"], ["reviews", "/reviews", "change-people"], ["orders", "/orders", "answer"]];
  return (
    <div className={classes.column}>
      <Part title={t.people}>
        <ul className={classes.counts}>
          {items.map(([name, to, right]) => (
            <li key={name}>
              {may(me, right) ? <Link to={to} className={classes.count}><Count n={waiting[name]} name={t[name]} urgent /></Link> : <div className={classes.count}><Count n={waiting[name]} name={t[name]} /></div>}
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t.queue}>
        <ul className={classes.counts}>
          {(["due", "later"] as const).map((name) => (
            <li key={name}>
              <div className={classes.count}><Count n={waiting[name]} name={t[name]} /></div>
            </li>
          ))}
        </ul>
      </Part>
    </div>
  );
}

function Count({ n, name, urgent = false }: { n: number; name: string; urgent?: boolean }) {
  const format = useFormat();
  return (
    <>
      <Text span className={classes.number} data-some={(urgent && n > 0) || undefined}>{format.number(n)}</Text>
      <Text span size="sm" c="dimmed">{name}</Text>
    </>
  );
}
