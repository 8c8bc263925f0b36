import { Badge, Button, Group, Text } from "@mantine/core";
import { useState, type Ref } from "react";

import type { Schema } from "../../../../api/types";
import { useTexts } from "../../../../i18n";
import { shared, type Change, type Row } from "./model";
import classes from "./texts.module.css";
import { texts } from "./texts";

export type Size = Schema<"TextSize">;

interface TextRowProps {
  ref: Ref<HTMLTableRowElement>;
  /** Its place in the table, from 0. */
  index: number;
  row: Row;
  where: string;
  languages: string[];
  nameOf: (language: string) => string;
  sizes: Map<string, Size>;
  onChange: (changes: Change[]) => void;
}

/** TextRow is a text in all languages: in one cell while they share it. */
export function TextRow({ ref, index, row, where, languages, nameOf, sizes, onChange }: TextRowProps) {
  const t = useTexts(texts);
  const common = shared(row);
  const sizeOf = (language: string) => {
    const cell = row.cells[language] ?? row.cells[""];
    return cell && sizes.get(`${cell.line}:${cell.column}:${language}`);
  };
  const write = (language: string) => (text: string) => { onChange([{ key: row.key, language, text }]); };
  return (
    <tr ref={ref} data-index={index} aria-rowindex={index + 2}>
      <th scope="row">
        <Text size="sm">{where}</Text>
        {row.list && <Text size="xs" c="dimmed">{t.words}</Text>}
        {common !== undefined && languages.length > 1 && (
          <Button size="compact-sm" variant="subtle" fw={500} mx={-8} aria-label={t.partOf(where)} onClick={() => { onChange(languages.map((language) => ({ key: row.key, language, text: common }))); }}>
            {t.part}
          </Button>
        )}
      </th>
      {common !== undefined ? (
        <td colSpan={languages.length}>
          <Cell label={t.cell(where, t.all)} value={common} sizes={languages.map(sizeOf)} onChange={write("")} />
        </td>
      ) : (
        languages.map((language) => (
          <td key={language}>
            <Cell label={t.cell(where, nameOf(language))} language={language} value={row.cells[language]?.text} optional={row.list} sizes={[sizeOf(language)]} onChange={write(language)} />
          </td>
        ))
      )}
    </tr>
  );
}

interface CellProps {
  label: string;
  language?: string;
  /** Absent: missing. */
  value: string | undefined;
  /** Nothing is wrong when it is missing. */
  optional?: boolean;
  sizes: (Size | undefined)[];
  onChange: (text: string) => void;
}

/** How many lines a text may need where the browser does not measure it. */
const rowsFor = (text: string): number => text.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / 48), 0);

/** Cell is written into the flow when it is left: each change of the flow is checked anew. */
function Cell({ label, language, value, optional = false, sizes, onChange }: CellProps) {
  const t = useTexts(texts);
  const [edited, setEdited] = useState<string>();
  const worst = sizes.filter((size) => size !== undefined).reduce<Size | undefined>((a, b) => (a && a.segments >= b.segments ? a : b), undefined);
  const lacks = !value && !optional;
  const leave = () => {
    if (edited !== undefined && edited !== (value ?? "") && (edited !== "" || value !== undefined)) onChange(edited);
    setEdited(undefined);
  };
  return (
    <>
      <textarea
        aria-label={label}
        lang={language}
        className={classes.input}
        rows={rowsFor(edited ?? value ?? "")}
        data-missing={lacks || undefined}
        placeholder={lacks ? t.empty : ""}
        value={edited ?? value ?? ""}
        onChange={(event) => { setEdited(event.currentTarget.value); }}
        onBlur={leave}
        onKeyDown={(event) => { if (event.key === "Escape") setEdited(undefined); }}
      />
      {worst && edited === undefined && (
        <Group gap={6} px={8}>
          <Text size="xs" c="dimmed">{t.segments(worst.segments)}</Text>
          {worst.odd && <Badge size="xs" color="yellow">{t.odd(worst.odd)}</Badge>}
        </Group>
      )}
    </>
  );
}
