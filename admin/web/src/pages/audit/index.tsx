import { Drawer, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconHistory, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useSearchParams } from "react-router";

import { useCursorList } from "../../api/lists";
import type { Change } from "../../api/types";
import { EmptyState, Page, RelativeTime, sentence, VirtualTable, type Column } from "../../components";
import { useTexts } from "../../i18n";
import { Details } from "./Details";
import { actionOf, texts } from "./texts";

/** Audit lists who changed what, the newest first. */
export default function Audit() {
  const t = useTexts(texts);
  const [parameters, setParameters] = useSearchParams();
  const object = parameters.get("object") ?? "";
  const [settled] = useDebouncedValue(object.trim(), 250);
  const [open, setOpen] = useState<Change>();
  const list = useCursorList<Change>("/audit", { object: settled });
  const columns = useColumns();
  const filter = (next: string) => { setParameters(next ? { object: next } : {}, { replace: true }); };
  return (
    <Page title={t.title} description={t.description} wide>
      <TextInput
        mb="md"
        maw="30rem"
        aria-label={t.filter}
        placeholder={t.filterHint}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={object}
        onChange={(event) => { filter(event.currentTarget.value); }}
      />
      <VirtualTable
        label={t.title}
        list={list}
        columns={columns}
        rowKey={(change) => change.id}
        onOpen={setOpen}
        empty={
          <EmptyState icon={<IconHistory size={26} />} title={t.emptyTitle}>
            {settled ? t.emptyFilter : t.emptyText}
          </EmptyState>
        }
      />
      <Drawer opened={open !== undefined} onClose={() => { setOpen(undefined); }} position="right" size="lg" title={open && sentence(actionOf(open.action, t))}>
        {open && <Details change={open} onlyThis={() => { filter(open.object); setOpen(undefined); }} />}
      </Drawer>
    </Page>
  );
}

function useColumns(): Column<Change>[] {
  const t = useTexts(texts);
  return [
    { key: "when", title: t.when, width: "9rem", render: (change) => <RelativeTime at={change.at} /> },
    { key: "who", title: t.who, width: "24%", wideOnly: true, render: (change) => change.caller || <Text span inherit c="dimmed">{t.nobody}</Text> },
    { key: "what", title: t.what, render: (change) => <What change={change} /> },
    { key: "object", title: t.object, width: "24%", wideOnly: true, render: (change) => change.object },
    { key: "from", title: t.from, width: "8rem", wideOnly: true, render: (change) => change.address },
  ];
}

/** What is what was done, and where there is no room for more columns to what. */
function What({ change }: { change: Change }) {
  const t = useTexts(texts);
  return (
    <>
      {actionOf(change.action, t)}
      <Text size="xs" c="dimmed" truncate hiddenFrom="sm">{change.object}</Text>
    </>
  );
}
