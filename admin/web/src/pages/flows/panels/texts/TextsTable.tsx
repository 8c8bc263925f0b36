import { Alert, Button, Checkbox, FileButton, Group, Menu, Modal, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload, IconLanguage, IconPlus, IconSearch, IconUpload } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";

import { EmptyState } from "../../../../components";
import { csvFile, save } from "../../../../components/save";
import { common, useLanguage, useTexts } from "../../../../i18n";
import { knownLanguages, withLanguages } from "../../draft";
import { parseTree, textOf, valueOf } from "../../yaml";
import { useCheck } from "../queries";
import { exported } from "./exchange";
import { ImportReport } from "./ImportReport";
import { change, languagesOf, rowsOf, textIn, type Change, type Row } from "./model";
import classes from "./texts.module.css";
import { TextRow, type Size } from "./TextRow";
import { texts } from "./texts";

interface TextsTableProps {
  source: string;
  onChange: (source: string) => void;
}

const largest = 1 << 20;

/** useWhere names the place of a text for people. */
function useWhere() {
  const t = useTexts(texts);
  return (row: Row) => `${row.state || t.anywhere} · ${t.places[row.place]}${row.nth > 0 ? ` ${row.nth}` : ""}`;
}

/** TextsTable shows all texts of a flow in all languages, to be translated. */
export function TextsTable({ source, onChange }: TextsTableProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const where = useWhere();
  const [sought, setSought] = useState("");
  const [onlyMissing, setOnlyMissing] = useState(false);
  const [table, setTable] = useState<string>();
  const tree = useMemo(() => parseTree(source), [source]);
  const rows = useMemo(() => rowsOf(tree), [tree]);
  const check = useCheck(source);
  const flow = check.isPlaceholderData ? undefined : check.data?.flow;
  const languages = useMemo(() => [...new Set([...(check.data?.flow?.languages ?? []), ...languagesOf(tree, rows)])], [check.data, tree, rows]);
  const sizes = useMemo(() => new Map((flow?.texts ?? []).map((size) => [`${size.line}:${size.column}:${size.language}`, size])), [flow]);
  const lacks = (row: Row) => languages.filter((language) => !textIn(row, language) && !(row.list && row.cells[""])).length;
  const missing = rows.reduce((sum, row) => sum + (row.list ? 0 : lacks(row)), 0);
  const shown = rows.filter((row) => (!onlyMissing || lacks(row) > 0) && has(row, sought));
  const apply = (changes: Change[]) => { onChange(change(source, changes, languages)); };
  const take = async (file: File | null) => {
    if (!file) return;
    if (file.size > largest) notifications.show({ color: "red", message: t.tooLarge });
    else setTable(await file.text());
  };
  if (tree.doc.errors.length > 0) return <Alert m="md" color="red" variant="light">{t.illegible}</Alert>;
  if (rows.length === 0) return <EmptyState icon={<IconLanguage size={26} />} title={t.noneTitle}>{t.noneText}</EmptyState>;
  return (
    <Stack gap="sm" p="md">
      <Group justify="space-between">
        <Group>
          <TextInput type="search" aria-label={t.search} placeholder={t.search} leftSection={<IconSearch size={16} aria-hidden />} value={sought} onChange={(event) => { setSought(event.currentTarget.value); }} />
          <Checkbox label={t.onlyMissing} checked={onlyMissing} onChange={(event) => { setOnlyMissing(event.currentTarget.checked); }} />
          <Text size="sm" c={missing > 0 ? "var(--mantine-color-error)" : "dimmed"} role="status">{t.missing(missing)}</Text>
        </Group>
        <Group gap="xs">
          <AddLanguage languages={languages} onAdd={(language) => { onChange(withLanguages(source, [...languages, language])); }} />
          <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={() => { save(`${nameOf(tree) || "flow"}-texts.csv`, csvFile(exported(rows, languages, where))); }}>
            {t.export}
          </Button>
          <FileButton accept=".csv,text/csv" onChange={(file) => void take(file)}>
            {(props) => <Button variant="default" leftSection={<IconUpload size={16} aria-hidden />} {...props}>{t.import}</Button>}
          </FileButton>
        </Group>
      </Group>
      <Grid rows={shown} languages={languages} sizes={sizes} onChange={apply} />
      <Modal closeButtonProps={{ "aria-label": c.close }} opened={table !== undefined} onClose={() => { setTable(undefined); }} size="xl" title={t.importTitle}>
        {table !== undefined && (
          <ImportReport table={table} rows={rows} languages={languages} onApply={(changes) => { apply(changes); setTable(undefined); }} />
        )}
      </Modal>
    </Stack>
  );
}

const nameOf = (tree: ReturnType<typeof parseTree>) => textOf(valueOf(tree.doc.contents, "flow")) ?? "";

function has(row: Row, sought: string): boolean {
  const all = [row.key, ...Object.values(row.cells).map((cell) => cell.text)].join("\n").toLowerCase();
  return all.includes(sought.trim().toLowerCase());
}

function AddLanguage({ languages, onAdd }: { languages: string[]; onAdd: (language: string) => void }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const names = new Intl.DisplayNames(language, { type: "language" });
  const others = knownLanguages.filter((code) => !languages.includes(code));
  if (others.length === 0) return null;
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />}>{t.addLanguage}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {others.map((code) => <Menu.Item key={code} onClick={() => { onAdd(code); }}>{names.of(code) ?? code}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
}

interface GridProps {
  rows: Row[];
  languages: string[];
  sizes: Map<string, Size>;
  onChange: (changes: Change[]) => void;
}

function Grid({ rows, languages, sizes, onChange }: GridProps) {
  const t = useTexts(texts);
  const where = useWhere();
  const { language } = useLanguage();
  const names = new Intl.DisplayNames(language, { type: "language" });
  const scroller = useRef<HTMLDivElement>(null);
  // The library's hook gives functions that React's compiler cannot memoise; it is not in use here.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => 76, overscan: 8, getItemKey: (i) => rows[i]?.key ?? i });
  if (rows.length === 0) return <EmptyState icon={<IconSearch size={26} />} title={t.noneFound} />;
  const shown = virtual.getVirtualItems();
  const spacer = (height: number) => height > 0 && <tr aria-hidden><td className={classes.spacer} colSpan={languages.length + 1} style={{ height }} /></tr>;
  return (
    // The region scrolls, so the keyboard has to reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className={classes.frame} role="region" aria-label={t.title} tabIndex={0}>
      <table className={classes.table} aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" className={classes.where}>{t.where}</th>
            {languages.map((code) => <th key={code} scope="col">{names.of(code) ?? code}</th>)}
          </tr>
        </thead>
        <tbody>
          {spacer(shown[0]?.start ?? 0)}
          {shown.map(({ index, key }) => {
            const row = rows[index];
            return row && <TextRow key={key} ref={virtual.measureElement} index={index} row={row} where={where(row)} languages={languages} nameOf={(code) => names.of(code) ?? code} sizes={sizes} onChange={onChange} />;
          })}
          {spacer(virtual.getTotalSize() - (shown.at(-1)?.end ?? 0))}
        </tbody>
      </table>
    </div>
  );
}
