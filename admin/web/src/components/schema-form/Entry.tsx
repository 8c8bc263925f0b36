import { ActionIcon, Collapse, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconChevronRight, IconTrash } from "@tabler/icons-react";
import { useId, type ReactNode } from "react";

import { useTexts } from "../../i18n";
import { sentence } from "../errors";
import { useSetting } from "./context";
import classes from "./form.module.css";
import { texts } from "./texts";

interface EntryProps {
  /** What tells it from the others. */
  title: string;
  summary?: ReactNode;
  open: boolean;
  wrong: boolean;
  /** What is wrong with it as a whole. */
  error?: string | undefined;
  toggle: () => void;
  remove?: (() => void) | undefined;
  up?: (() => void) | undefined;
  down?: (() => void) | undefined;
  children: ReactNode;
}

/** Entry is one of several things of a kind, which opens. */
export function Entry({ title, summary, open, wrong, error, toggle, remove, up, down, children }: EntryProps) {
  const t = useTexts(texts);
  const id = useId();
  const { readOnly } = useSetting();
  const shown = open || readOnly;
  return (
    <div className={classes.entry} data-wrong={wrong || undefined}>
      <div className={classes.head}>
        <UnstyledButton className={classes.opener ?? ""} aria-expanded={shown} aria-controls={id} onClick={toggle}>
          <IconChevronRight className={classes.chevron} size={16} aria-hidden />
          <Text span inherit truncate>{title}</Text>
          {summary && <Text span size="sm" c="dimmed" truncate>{summary}</Text>}
        </UnstyledButton>
        {up && <Act label={t.upOf(title)} tip={t.up} onClick={up} icon={<IconArrowUp size={16} />} />}
        {down && <Act label={t.downOf(title)} tip={t.down} onClick={down} icon={<IconArrowDown size={16} />} />}
        {remove && <Act label={t.removeOf(title)} tip={t.remove} onClick={remove} icon={<IconTrash size={16} />} />}
      </div>
      <div id={id}>
        <Collapse expanded={shown}>
          {shown && (
            <div className={classes.body}>
              {error && <Text size="sm" c="var(--mantine-color-error)" mb="sm">{sentence(error)}</Text>}
              {children}
            </div>
          )}
        </Collapse>
      </div>
    </div>
  );
}

interface ActProps {
  label: string;
  tip: string;
  icon: ReactNode;
  onClick: () => void;
}

/** Act is a small button beside what it acts on. */
export function Act({ label, tip, icon, onClick }: ActProps) {
  return (
    <Tooltip label={tip}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
