import { Button, Group, Loader, Text } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type ReactNode } from "react";

import type { CursorList } from "../api/lists";
import { common, useTexts } from "../i18n";
import { ErrorState } from "./ErrorState";
import { messageOf } from "./errors";
import { Skeletons } from "./Skeletons";
import classes from "./VirtualList.module.css";

interface VirtualListProps<T> {
  /** What it lists, for those who hear it. */
  label: string;
  list: CursorList<T>;
  rowKey: (row: T) => string;
  row: (row: T) => ReactNode;
  /** What stands here when there are no rows. */
  empty: ReactNode;
  /** The height of a row in pixels. */
  rowHeight: number;
}

/** VirtualList is VirtualTable's sister without columns, for the narrow side of a page. It fills a flex column. */
export function VirtualList<T>(props: VirtualListProps<T>) {
  const { list, rowHeight } = props;
  if (list.error && list.items.length === 0) return <ErrorState error={list.error} retry={list.retry} />;
  if (list.isPending) return <div className={classes.waiting}><Skeletons count={7} height={rowHeight - 8} /></div>;
  if (list.items.length === 0) return <>{props.empty}</>;
  return <Rows {...props} />;
}

function Rows<T>({ label, list, rowKey, row, rowHeight }: VirtualListProps<T>) {
  const t = useTexts(common);
  const scroller = useRef<HTMLDivElement>(null);
  // The library's hook gives functions that React's compiler cannot memoise; it is not in use here.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({ count: list.items.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 8 });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= list.items.length - 10) list.loadMore();
  }, [last, list]);
  return (
    <div ref={scroller} className={classes.scroller}>
      <ul className={classes.list} aria-label={label} style={{ height: rows.getTotalSize() }}>
        {shown.map((item) => {
          const value = list.items[item.index];
          return value === undefined ? null : (
            <li key={rowKey(value)} className={classes.row} aria-setsize={list.hasMore ? -1 : list.items.length} aria-posinset={item.index + 1} style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}>
              {row(value)}
            </li>
          );
        })}
      </ul>
      {list.loadingMore && (
        <Group justify="center" p="xs" role="status">
          <Loader size="xs" aria-hidden />
          <Text size="sm" c="dimmed">{t.loading}</Text>
        </Group>
      )}
      {list.error && (
        <Group justify="center" p="xs" role="alert">
          <Text size="sm" c="var(--mantine-color-error)">{messageOf(list.error, t.errors)}</Text>
          <Button size="compact-sm" variant="default" onClick={list.retry}>{t.retry}</Button>
        </Group>
      )}
    </div>
  );
}
