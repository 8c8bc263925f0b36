import { UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconChevronDown, IconChevronUp, IconCircleCheck, IconExclamationCircle } from "@tabler/icons-react";

import { sentence } from "../../../components";
import { useTexts } from "../../../i18n";
import classes from "./editor.module.css";
import { texts } from "./texts";
import type { Finding } from "./useCheck";

interface FindingsProps {
  findings: Finding[] | undefined;
  opened: boolean;
  onToggle: () => void;
  onOpen: (finding: Finding) => void;
}

/** Findings are what the check says, below the views; each leads to its place. */
export function Findings({ findings, opened, onToggle, onOpen }: FindingsProps) {
  const t = useTexts(texts);
  const errors = findings?.filter((f) => f.severity === "error").length ?? 0;
  const warnings = (findings?.length ?? 0) - errors;
  const icon = !findings ? null : errors > 0 ? <IconExclamationCircle size={15} color="var(--mantine-color-error)" aria-hidden /> : warnings > 0 ? <IconAlertTriangle size={15} aria-hidden /> : <IconCircleCheck size={15} aria-hidden />;
  return (
    <section className={classes.findings} aria-label={t.findings} aria-busy={!findings}>
      <UnstyledButton className={classes.findingsHead} onClick={onToggle} aria-expanded={opened} disabled={!findings || findings.length === 0}>
        {icon}
        <span aria-live="polite">{findings ? t.found(errors, warnings) : t.checking}</span>
        {findings && findings.length > 0 && (opened ? <IconChevronDown size={15} aria-hidden /> : <IconChevronUp size={15} aria-hidden />)}
      </UnstyledButton>
      {opened && findings && findings.length > 0 && (
        <ul className={classes.findingsList}>
          {findings.map((f, i) => (
            <li key={i}>
              <button type="button" onClick={() => { onOpen(f); }}>
                {f.severity === "error" ? <IconExclamationCircle size={15} color="var(--mantine-color-error)" aria-label={t.error} /> : <IconAlertTriangle size={15} aria-label={t.warning} />}
                <span>
                  {sentence(f.text)}
                  {f.hint && <small>{sentence(f.hint)}</small>}
                </span>
                <code>{f.state ?? ""}{f.line ? `:${f.line}` : ""}</code>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
