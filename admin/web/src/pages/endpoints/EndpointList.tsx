import { Button, Modal, Text } from "@mantine/core";
import { IconBroadcast, IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { useCursorList } from "../../api/lists";
import { EmptyState, Page, RelativeTime, VirtualTable, type Column } from "../../components";
import { common, useTexts } from "../../i18n";
import { HealthBadge } from "./Badges";
import { home, type Endpoint } from "./data";
import { EndpointForm } from "./EndpointForm";
import { NewSecret } from "./NewSecret";
import { texts } from "./texts";

/** EndpointList lists the event endpoints with their health, and makes new ones. */
export function EndpointList() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"new" | Endpoint>();
  const list = useCursorList<Endpoint>("/endpoints", {}, { every: 10_000 });
  const columns = useColumns();
  const make = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => { setDialog("new"); }}>
      {t.make}
    </Button>
  );
  const made = typeof dialog === "object" ? dialog : undefined;
  const close = () => {
    setDialog(undefined);
    if (made) void navigate(`${home}/${made.id}`);
  };
  return (
    <Page title={t.title} description={t.description} actions={list.items.length > 0 && make}>
      <VirtualTable
        label={t.title}
        list={list}
        columns={columns}
        rowKey={(endpoint) => endpoint.id}
        rowHeight={64}
        onOpen={(endpoint) => void navigate(`${home}/${endpoint.id}`)}
        empty={
          <EmptyState icon={<IconBroadcast size={26} />} title={t.emptyTitle} action={make}>
            {t.emptyText}
          </EmptyState>
        }
      />
      <Modal opened={dialog !== undefined} onClose={close} size="lg" title={made ? t.madeTitle(made.name) : t.make}>
        {dialog === "new" && <EndpointForm done={(endpoint) => { setDialog(endpoint); return client.invalidateQueries({ queryKey: ["/endpoints"] }); }} />}
        {made && <NewSecret secret={made.secret ?? ""} close={close} />}
      </Modal>
    </Page>
  );
}

function useColumns(): Column<Endpoint>[] {
  const t = useTexts(texts);
  const c = useTexts(common);
  return [
    { key: "endpoint", title: t.endpoint, render: (endpoint) => <Named endpoint={endpoint} /> },
    { key: "state", title: t.state, width: "11rem", render: (endpoint) => <HealthBadge endpoint={endpoint} /> },
    { key: "events", title: t.events, width: "8rem", align: "right", wideOnly: true, render: (endpoint) => endpoint.events.length },
    { key: "programs", title: c.programs, width: "12rem", wideOnly: true, render: (endpoint) => endpoint.programs.join(", ") || <Text span inherit c="dimmed">{c.allPrograms}</Text> },
    { key: "success", title: t.lastSuccess, width: "10rem", wideOnly: true, render: (endpoint) => (endpoint.last_success_at ? <RelativeTime at={endpoint.last_success_at} /> : c.never) },
  ];
}

function Named({ endpoint }: { endpoint: Endpoint }) {
  return (
    <>
      <Text size="sm" fw={550} truncate>
        {endpoint.name}
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {endpoint.url}
      </Text>
    </>
  );
}
