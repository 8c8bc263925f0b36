import { ActionIcon, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconSearch, IconX } from "@tabler/icons-react";
import { useState } from "react";

import { common, useTexts } from "../../../i18n";
import classes from "./editor.module.css";
import { find } from "./model/find";
import type { Flow } from "./model/flow";
import { texts } from "./texts";

interface FindBarProps {
  flow: Flow;
  query: string;
  onQuery: (query: string) => void;
  onJump: (state: string) => void;
  onClose: () => void;
}

/** FindBar finds texts, names and comments, and tells in which states they are. */
export function FindBar({ flow, query, onQuery, onJump, onClose }: FindBarProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const [at, setAt] = useState(0);
  const found = find(flow, query);
  const go = (step: number) => {
    if (found.length === 0) return;
    const next = (at + step + found.length) % found.length;
    setAt(next);
    const state = found[next]?.state;
    if (state) onJump(state);
  };
  return (
    <search className={classes.find}>
      <div className={classes.line}>
        <TextInput
          size="xs"
          autoFocus
          style={{ flex: 1 }}
          aria-label={t.find}
          placeholder={t.find}
          leftSection={<IconSearch size={14} />}
          value={query}
          onChange={(event) => { onQuery(event.target.value); setAt(0); }}
          onKeyDown={(event) => {
            if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
            if (event.key === "Escape") onClose();
          }}
        />
        <span className={classes.from} role="status">{query ? t.hits(found.length) : ""}</span>
        <ActionIcon variant="subtle" color="gray" aria-label={t.previous} onClick={() => { go(-1); }}><IconChevronUp size={16} /></ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={t.next} onClick={() => { go(1); }}><IconChevronDown size={16} /></ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={c.close} onClick={onClose}><IconX size={16} /></ActionIcon>
      </div>
      {query && found.length > 0 && (
        <ul className={classes.hits}>
          {found.slice(0, 50).map((f, i) => (
            <li key={i}>
              <button type="button" aria-current={i === at} onClick={() => { setAt(i); if (f.state) onJump(f.state); }}>
                <code>{f.state ?? t.anywhere}</code>
                <span>{snippet(f.text, f.at)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </search>
  );
}

const snippet = (text: string, at: number): string => `${at > 30 ? "…" : ""}${text.slice(Math.max(0, at - 30), at + 70)}`.replaceAll("\n", " ");
