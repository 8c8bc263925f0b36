import { Button } from "@mantine/core";

import { messageOf, RelativeTime } from "../../../components";
import { common, useFormat, useTexts } from "../../../i18n";
import { useNumbers } from "./context";
import classes from "./editor.module.css";
import { texts } from "./texts";

/** Legend tells what the numbers count, and what they do not. */
export function Legend({ error, retry }: { error: unknown; retry: () => void }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const f = useFormat();
  const numbers = useNumbers();
  if (numbers === "off") return null;
  return (
    <details className={classes.legend}>
      <summary>
        {error ? (
          <span>{messageOf(error, c.errors)} <Button size="compact-xs" variant="light" onClick={(event) => { event.preventDefault(); retry(); }}>{c.retry}</Button></span>
        ) : numbers === "reading" ? t.countingTexts : <span>{t.countedTexts(numbers.texts, f.number(numbers.texts))} <RelativeTime at={numbers.since} /></span>}
        <b>{t.whatIsCounted}</b>
      </summary>
      <ul>
        {Object.values(t.legend).map((line) => <li key={line}>{line}</li>)}
      </ul>
    </details>
  );
}
