import { Select } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconHeadset } from "@tabler/icons-react";
import { useState } from "react";
import { useParams } from "react-router";

import { useCursorList, type CursorList } from "../../api/lists";
import type { Handoff } from "../../api/types";
import { EmptyState, ErrorState, Page, Skeletons } from "../../components";
import { useTexts } from "../../i18n";
import { every } from "./every";
import classes from "./handoffs.module.css";
import { Queue } from "./Queue";
import { Talk } from "./Talk";
import { texts } from "./texts";

/** Handoffs lists the conversations that wait for a person, and lets people answer them. */
export default function Handoffs() {
  const t = useTexts(texts);
  const open = useParams()["*"] ?? "";
  const list = useCursorList<Handoff>("/handoffs", {}, { every: every.queue });
  const narrow = useMediaQuery("(max-width: 62em)");
  const nothing = !open && list.items.length === 0;
  return (
    <Page title={t.title} {...(!(narrow && open) && { description: t.description })} wide>
      {nothing && list.isPending && <Skeletons count={4} height={84} />}
      {nothing && list.error && <ErrorState error={list.error} retry={list.retry} />}
      {nothing && !list.isPending && !list.error && (
        <EmptyState icon={<IconHeadset size={26} />} title={t.emptyTitle}>
          {t.emptyText}
        </EmptyState>
      )}
      {!nothing && (
        <div className={classes.desk} data-open={open || undefined}>
          <Waiting list={list} />
          <section className={`${classes.panel} ${classes.talk}`}>
            {open ? (
              <Talk key={open} id={open} />
            ) : (
              <EmptyState icon={<IconHeadset size={26} />} title={t.chooseTitle}>
                {t.chooseText}
              </EmptyState>
            )}
          </section>
        </div>
      )}
    </Page>
  );
}

function Waiting({ list: { items, isPending } }: { list: CursorList<Handoff> }) {
  const t = useTexts(texts);
  const [group, setGroup] = useState<string | null>(null);
  const groups = [...new Set([...items.map((h) => h.group), ...(group ? [group] : [])])].sort();
  return (
    <div className={`${classes.panel} ${classes.list}`}>
      <div className={classes.top}>
        <Select aria-label={t.group} placeholder={t.allGroups} data={groups} value={group} onChange={setGroup} clearable />
      </div>
      {isPending ? <Skeletons count={4} height={64} /> : <Queue items={items.filter((h) => !group || h.group === group)} />}
    </div>
  );
}
