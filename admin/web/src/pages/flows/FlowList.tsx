import { Badge, Button, CloseButton, Group, Text, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconRoute, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";

import { useCursorList } from "../../api/lists";
import { useMay } from "../../api/session";
import type { Schema } from "../../api/types";
import { EmptyState, Page, RelativeTime, VirtualTable, type Column } from "../../components";
import { common, useFormat, useTexts } from "../../i18n";
import { texts } from "./texts";

type Flow = Schema<"FlowItem">;

/** matches reports whether a flow has all the words that somebody looks for. */
export function matches(flow: Flow, sought: string): boolean {
  const plain = (text: string) => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const all = plain([flow.name, flow.title ?? "", ...flow.programs].join(" "));
  return plain(sought).split(/\s+/).every((word) => all.includes(word));
}

/** FlowList shows which flows there are, and what is published of them. */
export function FlowList() {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const mayEdit = useMay("edit");
  const [sought, setSought] = useState("");
  const all = useCursorList<Flow>("/flows");
  const list = { ...all, items: all.items.filter((flow) => matches(flow, sought)) };
  const columns = useColumns();
  const make = mayEdit && (
    <Button component={Link} to="/flows/new" leftSection={<IconPlus size={18} />}>
      {t.make}
    </Button>
  );
  return (
    <Page title={t.title} description={t.description} actions={all.items.length > 0 && make}>
      {all.items.length > 0 && (
        <TextInput
          type="search"
          aria-label={t.search}
          placeholder={t.search}
          value={sought}
          onChange={(event) => { setSought(event.currentTarget.value); }}
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={sought && <CloseButton size="sm" aria-label={t.clear} onClick={() => { setSought(""); }} />}
          maw="22rem"
          mb="md"
        />
      )}
      <VirtualTable
        label={t.title}
        list={list}
        columns={columns}
        rowKey={(flow) => flow.name}
        rowHeight={64}
        onOpen={(flow) => void navigate(`/flows/${flow.name}`)}
        empty={
          sought ? (
            <EmptyState icon={<IconSearch size={26} />} title={t.nothing(sought)} />
          ) : (
            <EmptyState icon={<IconRoute size={26} />} title={t.emptyTitle} action={make}>
              {t.emptyText}
            </EmptyState>
          )
        }
      />
    </Page>
  );
}

function useColumns(): Column<Flow>[] {
  const t = useTexts(texts);
  const c = useTexts(common);
  const format = useFormat();
  return [
    { key: "name", title: t.flow, render: (flow) => <Named flow={flow} /> },
    { key: "published", title: t.published, width: "12rem", wideOnly: true, render: (flow) => <Published flow={flow} /> },
    { key: "state", title: t.state, width: "9.5rem", render: (flow) => <State flow={flow} /> },
    { key: "open", title: t.open, width: "8rem", align: "right", wideOnly: true, render: (flow) => format.number(flow.open) },
    { key: "programs", title: c.programs, width: "12rem", wideOnly: true, render: (flow) => flow.programs.join(", ") || <Text span inherit c="dimmed">{t.unused}</Text> },
  ];
}

function Named({ flow }: { flow: Flow }) {
  return (
    <>
      <Text size="sm" fw={550} truncate>
        {flow.title ?? flow.name}
      </Text>
      <Text size="xs" c="dimmed" ff="monospace" truncate>
        {flow.name}
      </Text>
    </>
  );
}

function Published({ flow }: { flow: Flow }) {
  const t = useTexts(texts);
  if (!flow.version) return <Text size="sm" c="dimmed">{t.notYet}</Text>;
  return (
    <>
      <Text size="sm">
        {t.version(flow.version)}
        {flow.published_at && <> · <RelativeTime at={flow.published_at} /></>}
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {flow.published_by}
      </Text>
    </>
  );
}

function State({ flow }: { flow: Flow }) {
  const t = useTexts(texts);
  return (
    <Group gap={6}>
      {flow.draft && <Badge color="yellow">{t.draft}</Badge>}
      {flow.version > 0 && !flow.draft && <Badge color="teal">{t.live}</Badge>}
      {flow.pinned && (
        <Tooltip label={t.pinnedHint(flow.pinned)}>
          <Badge color="blue">{t.pinned(flow.pinned)}</Badge>
        </Tooltip>
      )}
    </Group>
  );
}
