import { Button, Group, Loader, Skeleton, Text } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from "react";

import type { CursorList } from "../api/lists";
import { common, useTexts } from "../i18n";
import { ErrorState } from "./ErrorState";
import { messageOf } from "./errors";
import classes from "./VirtualTable.module.css";

export interface Column<T> {
  key: string;
  title: string;
  /** A CSS width; without one, the column shares what is left. */
  width?: string;
  align?: "left" | "right";
  /** Not shown on a phone: what the row's own page tells as well. */
  wideOnly?: boolean;
  render: (row: T) => ReactNode;
}

interface VirtualTableProps<T> {
  /** What the table lists, for those who hear it. */
  label: string;
  columns: Column<T>[];
  list: CursorList<T>;
  rowKey: (row: T) => string;
  /** Makes the rows open something. */
  onOpen?: (row: T) => void;
  /** What stands here when there are no rows. */
  empty: ReactNode;
  /** The height of a row in pixels. */
  rowHeight?: number;
  /** The height of the table, as CSS. */
  height?: string;
}

/**
 * VirtualTable shows a list of any length: only the rows in view are in the
 * page, and more are read when the end comes near.
 */
export function VirtualTable<T>(props: VirtualTableProps<T>) {
  const { list, columns, rowHeight = 52 } = props;
  if (list.error && list.items.length === 0) return <ErrorState error={list.error} retry={list.retry} />;
  if (!list.isPending && list.items.length === 0) return <>{props.empty}</>;
  return (
    <div className={classes.frame}>
      {list.isPending ? <Waiting columns={columns.length} height={rowHeight} label={props.label} /> : <Rows {...props} />}
      <More list={list} />
    </div>
  );
}

function Rows<T>({ label, columns, list, rowKey, onOpen, rowHeight = 52, height = "calc(100dvh - 15rem)" }: VirtualTableProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  // The library's hook gives functions that React's compiler cannot memoise; it is not in use here.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({ count: list.items.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 12 });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= list.items.length - 15) list.loadMore();
  }, [last, list]);
  const above = shown[0]?.start ?? 0;
  const below = rows.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    // The region scrolls, so the keyboard has to reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className={classes.scroller} style={{ maxHeight: height }} tabIndex={0} role="region" aria-label={label}>
      <table className={classes.table} aria-rowcount={list.hasMore ? -1 : list.items.length + 1}>
        <Head columns={columns} />
        <tbody>
          {above > 0 && <Spacer height={above} />}
          {shown.map((item) => {
            const row = list.items[item.index];
            return row === undefined ? null : (
              <Row key={rowKey(row)} row={row} index={item.index} height={rowHeight} columns={columns} onOpen={onOpen} />
            );
          })}
          {below > 0 && <Spacer height={below} />}
        </tbody>
      </table>
    </div>
  );
}

function Head<T>({ columns }: { columns: Column<T>[] }) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map((c) => (
          <th key={c.key} scope="col" style={{ width: c.width, textAlign: c.align }} data-wide-only={c.wideOnly || undefined}>
            {c.title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface RowProps<T> {
  row: T;
  index: number;
  height: number;
  columns: Column<T>[];
  onOpen: ((row: T) => void) | undefined;
}

function Row<T>({ row, index, height, columns, onOpen }: RowProps<T>) {
  const opening = onOpen && {
    tabIndex: 0,
    "data-opens": true,
    onClick: () => { onOpen(row); },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter" && event.target === event.currentTarget) onOpen(row);
    },
  };
  return (
    <tr aria-rowindex={index + 2} style={{ height }} {...opening}>
      {columns.map((c) => (
        <td key={c.key} style={{ textAlign: c.align }} data-wide-only={c.wideOnly || undefined}>
          {c.render(row)}
        </td>
      ))}
    </tr>
  );
}

/** Spacer stands for rows out of view. It spans nothing: columns that a phone hides would come back as empty ones. */
function Spacer({ height }: { height: number }) {
  return (
    <tr aria-hidden className={classes.spacer}>
      <td style={{ height }} />
    </tr>
  );
}

function Waiting({ columns, height, label }: { columns: number; height: number; label: string }) {
  const t = useTexts(common);
  return (
    <div role="status" aria-label={`${label}: ${t.loading}`}>
      {Array.from({ length: 9 }, (_, i) => (
        <Group key={i} className={classes.waiting} h={i === 0 ? 40 : height} wrap="nowrap" gap="xl" px="md">
          {Array.from({ length: columns }, (_, c) => (
            <Skeleton key={c} height={10} style={{ flex: c === 0 ? 2 : 1 }} />
          ))}
        </Group>
      ))}
    </div>
  );
}

function More<T>({ list }: { list: CursorList<T> }) {
  const t = useTexts(common);
  if (list.error) {
    return (
      <Group className={classes.more} role="alert">
        <Text size="sm" c="var(--mantine-color-error)">
          {messageOf(list.error, t.errors)}
        </Text>
        <Button size="compact-sm" variant="default" onClick={list.retry}>
          {t.retry}
        </Button>
      </Group>
    );
  }
  if (!list.loadingMore) return null;
  return (
    <Group className={classes.more} role="status">
      <Loader size="xs" aria-hidden />
      <Text size="sm" c="dimmed">
        {t.loading}
      </Text>
    </Group>
  );
}
