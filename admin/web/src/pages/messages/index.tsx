import { Button, Drawer, Group, Loader, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconListSearch, IconMessages } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";

import { useCursorList, type CursorList } from "../../api/lists";
import { useMay } from "../../api/session";
import type { Message } from "../../api/types";
import { EmptyState, Page, phoneText, VirtualTable } from "../../components";
import { Reasons } from "../../components/messages";
import { useFormat, useTexts } from "../../i18n";
import { useColumns } from "./columns";
import { fromParams, isFiltered, momentOf, queryOf, toParams, type Filter } from "./filter";
import { Filters } from "./Filters";
import classes from "./messages.module.css";
import { texts } from "./texts";

/** The rows of a page. One with fewer that is not the last was ended by a search. */
const limit = 50;

/** Messages lists all texts, and tells why each is as it is. */
export default function Messages() {
  const t = useTexts(texts);
  const [params, setParams] = useSearchParams();
  const [filter, setFilter] = useState(() => fromParams(params));
  const change = (next: Filter) => {
    setFilter(next);
    setParams(toParams(next), { replace: true });
  };
  const [asked] = useDebouncedValue(filter, 300);
  const [open, setOpen] = useState<Message>();
  const list = useCursorList<Message>("/messages", queryOf(asked), { limit });
  // A search goes on by itself as long as it finds something, else when it is asked to.
  const paused = list.hasMore && list.lastSize < limit;
  const empty = paused ? (
    <EmptyState icon={<IconListSearch size={26} />} title={t.nothingTitle} action={<GoOn list={list} />} />
  ) : (
    <EmptyState icon={<IconMessages size={26} />} title={isFiltered(asked) ? t.nothingTitle : t.emptyTitle}>
      {isFiltered(asked) ? t.nothingText : t.emptyText}
    </EmptyState>
  );
  return (
    <Page title={t.title} description={t.description} wide>
      <Filters filter={filter} change={change} />
      <VirtualTable
        label={t.title}
        list={paused ? { ...list, loadMore: () => undefined, loadingMore: false } : list}
        columns={useColumns()}
        rowKey={(m) => m.id}
        rowHeight={56}
        height="calc(100dvh - 19rem)"
        onOpen={setOpen}
        empty={empty}
      />
      {paused && list.items.length > 0 && (
        <Group justify="center" mt="sm">
          <GoOn list={list} />
        </Group>
      )}
      <Drawer opened={open !== undefined} onClose={() => { setOpen(undefined); }} position="right" size="md" title={open && <Title message={open} />}>
        {open && <One message={open} />}
      </Drawer>
    </Page>
  );
}

/** GoOn tells how far a search has looked back, and lets it look further. */
function GoOn({ list }: { list: CursorList<Message> }) {
  const t = useTexts(texts);
  const format = useFormat();
  return (
    <Group gap="sm" justify="center">
      <Text size="sm" c="dimmed" role="status">
        {list.next && t.lookedBack(format.dateTime(momentOf(list.next)))}
      </Text>
      <Button variant="default" size="compact-sm" disabled={list.loadingMore} leftSection={list.loadingMore && <Loader size={14} aria-hidden />} onClick={list.loadMore}>
        {list.loadingMore ? t.looking : t.goOn}
      </Button>
    </Group>
  );
}

function Title({ message: { direction, msisdn } }: { message: Message }) {
  const t = useTexts(texts);
  return <>{(direction === "in" ? t.fromPhone : t.toPhone)(phoneText(msisdn))}</>;
}

function One({ message: m }: { message: Message }) {
  const t = useTexts(texts);
  const seesPhones = useMay("see-phones");
  return (
    <>
      <p className={classes.text} dir="auto">
        {m.text || <i>{t.hidden}</i>}
      </p>
      <Button component={Link} to={`/conversations/${m.short_code}/${seesPhones ? m.msisdn : `m${m.id}`}`} variant="default" fullWidth mb="lg" leftSection={<IconMessages size={16} />}>
        {t.conversation}
      </Button>
      <Reasons message={m} />
    </>
  );
}
