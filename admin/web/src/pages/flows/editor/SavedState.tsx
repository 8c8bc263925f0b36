import { Button, Loader } from "@mantine/core";
import { IconCheck, IconCloudOff, IconExclamationCircle, IconEye, IconUsers } from "@tabler/icons-react";

import { messageOf } from "../../../components";
import { common, useTexts } from "../../../i18n";
import type { Keeping } from "./keeper";
import classes from "./editor.module.css";
import { texts } from "./texts";

interface SavedStateProps {
  keeping: Keeping;
  readOnly: boolean;
  onRetry: () => void;
  onConflict: () => void;
}

/** SavedState tells whether the draft is kept, and why not. */
export function SavedState({ keeping, readOnly, onRetry, onConflict }: SavedStateProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  if (readOnly) return <span className={classes.saved}><IconEye size={14} aria-hidden /> {t.readOnly}</span>;
  switch (keeping.kind) {
    case "saved":
      return <span className={classes.saved} role="status"><IconCheck size={14} aria-hidden /> {c.saved}</span>;
    case "waiting":
    case "saving":
      return <span className={classes.saved} role="status"><Loader size={12} aria-hidden /> {t.saving}</span>;
    case "conflict":
      return <Button size="compact-xs" color="orange" variant="light" leftSection={<IconUsers size={14} />} onClick={onConflict}>{t.conflict}</Button>;
    default:
      return (
        <span className={classes.saved} data-bad role="status" title={messageOf(keeping.error, c.errors)}>
          {keeping.kind === "offline" ? <IconCloudOff size={14} aria-hidden /> : <IconExclamationCircle size={14} aria-hidden />}
          <span>{keeping.kind === "offline" ? t.offline : t.refused(messageOf(keeping.error, c.errors))}</span>
          <Button size="compact-xs" variant="subtle" onClick={onRetry}>{c.retry}</Button>
        </span>
      );
  }
}
