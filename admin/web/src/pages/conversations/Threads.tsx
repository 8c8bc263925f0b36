import { Badge, Group, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconMessages, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";

import { useCursorList } from "../../api/lists";
import { every, useEvery } from "../../api/live";
import { useObjects, type ShortCodeObject } from "../../api/objects";
import { useMay } from "../../api/session";
import type { ThreadItem } from "../../api/types";
import { EmptyState, Phone, RelativeTime } from "../../components";
import { Ticks } from "../../components/messages";
import { VirtualList } from "../../components/VirtualList";
import { useTexts } from "../../i18n";
import classes from "./conversations.module.css";
import { texts } from "./texts";

interface Filter {
  search: string;
  code: string | null;
  handed: boolean;
}

/** Threads lists phones, who wrote last first. */
export function Threads({ open }: { open: string }) {
  const t = useTexts(texts);
  const [filter, setFilter] = useState<Filter>({ search: "", code: null, handed: false });
  const [search] = useDebouncedValue(filter.search.trim(), 250);
  const digits = search.replaceAll(/[\s+().-]/g, "");
  const query = { search: /^\d+$/.test(digits) ? digits : search, short_code: filter.code, handed: filter.handed || undefined };
  const list = useCursorList<ThreadItem>("/threads", query, { every: useEvery(every.list) });
  const filtered = Boolean(search || filter.code || filter.handed);
  return (
    <>
      <Filters filter={filter} change={(part) => { setFilter({ ...filter, ...part }); }} />
      <VirtualList
        label={t.list}
        list={list}
        rowKey={(item) => `${item.short_code}/${item.ref}`}
        rowHeight={88}
        row={(item) => <Item item={item} current={`${item.short_code}/${item.ref}` === open} />}
        empty={
          <EmptyState icon={<IconMessages size={26} />} title={filtered ? t.nobodyTitle : t.emptyTitle}>
            {filtered ? t.nobodyText : t.emptyText}
          </EmptyState>
        }
      />
    </>
  );
}

function Filters({ filter, change }: { filter: Filter; change: (part: Partial<Filter>) => void }) {
  const t = useTexts(texts);
  const seesPhones = useMay("see-phones");
  const codes = useObjects<ShortCodeObject>("short_codes");
  return (
    <Stack gap="xs" className={classes.top}>
      {seesPhones && (
        <TextInput
          aria-label={t.search}
          placeholder={t.search}
          title={t.searchHint}
          type="search"
          autoComplete="off"
          leftSection={<IconSearch size={16} />}
          value={filter.search}
          onChange={(event) => { change({ search: event.currentTarget.value }); }}
        />
      )}
      <Group gap="sm" wrap="nowrap">
        <Select
          aria-label={t.shortCode}
          placeholder={t.allCodes}
          clearable
          searchable
          style={{ flex: 1 }}
          data={codes.map(({ number }) => number)}
          value={filter.code}
          onChange={(code) => { change({ code }); }}
        />
        <Switch label={t.waits} size="xs" checked={filter.handed} onChange={(event) => { change({ handed: event.currentTarget.checked }); }} />
      </Group>
    </Stack>
  );
}

function Item({ item, current }: { item: ThreadItem; current: boolean }) {
  const t = useTexts(texts);
  const talk = item.conversations[0];
  return (
    <Link to={`/conversations/${item.short_code}/${item.ref}`} className={classes.item} aria-current={current || undefined}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text span fw={580} size="sm" truncate>
          {item.name || <Phone number={item.msisdn} />}
        </Text>
        <Text span size="xs" c="dimmed" style={{ flexShrink: 0 }}>
          <RelativeTime at={item.last.at} />
        </Text>
      </Group>
      <Group gap={6} wrap="nowrap" mt={2}>
        <Text size="sm" truncate c="dimmed" dir="auto">
          {item.last.text || <i>{t.noText}</i>}
        </Text>
      </Group>
      <Group gap={6} wrap="nowrap" mt={4} className={classes.badges}>
        <Text span size="xs" c="dimmed">{item.short_code}</Text>
        {item.answer && <Ticks status={item.answer} size={14} label={t.answer} />}
        {item.stopped && <Badge size="sm" color="red">{t.stopped}</Badge>}
        {item.handed && <Badge size="sm" color="yellow">{t.handed}</Badge>}
        {talk && <Badge size="sm" color="gray" className={classes.shrinks ?? ""}>{`${talk.flow} · ${talk.state}`}</Badge>}
      </Group>
    </Link>
  );
}
