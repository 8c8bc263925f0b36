import { Badge, Progress, Text } from "@mantine/core";

import type { Carrier } from "../../api/types";
import { bindError, RelativeTime } from "../../components";
import { nameOf } from "../../components/messages";
import { useTexts } from "../../i18n";
import classes from "./carriers.module.css";
import { texts } from "./texts";

type Bind = Carrier["binds"][number];

const colors: Record<string, string> = { bound: "teal", waiting: "red", stopped: "red" };

/** Binds are the sessions with a carrier, and the attempts to have them. */
export function Binds({ binds }: { binds: Bind[] }) {
  const t = useTexts(texts);
  return (
    <table className={classes.table}>
      <caption className={classes.caption}>{t.sessions}</caption>
      <thead>
        <tr>
          <th scope="col">{t.role}</th>
          <th scope="col">{t.state}</th>
          <th scope="col">{t.window}</th>
        </tr>
      </thead>
      <tbody>
        {binds.map((bind) => (
          <tr key={`${bind.role}${bind.slot}`}>
            <th scope="row">
              {t.roles[bind.role]} <Text span size="xs" c="dimmed">{bind.role} {bind.slot + 1}</Text>
            </th>
            <td><State bind={bind} /></td>
            <td><Window used={bind.used} size={bind.window} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function State({ bind }: { bind: Bind }) {
  const t = useTexts(texts);
  return (
    <>
      <Badge color={colors[bind.state] ?? "yellow"}>{nameOf(bind.state, t.states)}</Badge>{" "}
      {bind.since && <Text span size="xs" c="dimmed"><RelativeTime at={bind.since} /></Text>}
      {bind.next_attempt && <Text span size="xs" c="dimmed">{t.nextAttempt}: <RelativeTime at={bind.next_attempt} /></Text>}
      {bind.last_error && <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>{t.lastError}: {bindError(bind.last_error)}</Text>}
    </>
  );
}

function Window({ used, size }: { used: number; size: number }) {
  const t = useTexts(texts);
  const full = size > 0 ? (used / size) * 100 : 0;
  return (
    <>
      <Progress.Root size="sm" maw="10rem">
        <Progress.Section
          value={full}
          color={full >= 90 ? "yellow" : "petrol"}
          withAria={false}
          role="meter"
          aria-label={t.window}
          aria-valuenow={used}
          aria-valuemax={size}
          aria-valuetext={t.used(used, size)}
        />
      </Progress.Root>
      <Text size="xs" c="dimmed" mt={2} className={classes.figure}>{t.used(used, size)}</Text>
    </>
  );
}
