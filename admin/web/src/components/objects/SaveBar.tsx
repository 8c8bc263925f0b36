import { Button, Text } from "@mantine/core";

import { common, useTexts } from "../../i18n";
import classes from "./objects.module.css";
import { texts } from "./texts";

/** SaveBar stays in view below a form: whether anything has changed, and what to do with it. */
export function SaveBar({ dirty, busy, isNew, discard }: { dirty: boolean; busy: boolean; isNew: boolean; discard: () => void }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  return (
    <div className={classes.bar} data-idle={(!dirty && !isNew) || undefined}>
      <Text size="sm" c="dimmed" style={{ flex: 1 }} role="status">{dirty ? t.unsaved : ""}</Text>
      {dirty && <Button variant="subtle" onClick={discard}>{t.discard}</Button>}
      <Button type="submit" loading={busy}>{c.save}</Button>
    </div>
  );
}
