import { Button, Drawer, Group, Modal, Select, Text, Title } from "@mantine/core";
import { IconHistory, IconRepeat } from "@tabler/icons-react";
import { useState } from "react";

import { useCursorList } from "../../api/lists";
import { EmptyState, RelativeTime, VirtualTable, type Column } from "../../components";
import { useTexts } from "../../i18n";
import { StateBadge } from "./Badges";
import type { Delivery, Endpoint } from "./data";
import { DeliveryDetails } from "./DeliveryDetails";
import { ReplayForm } from "./ReplayForm";
import { eventTypes, states, texts } from "./texts";

interface LogProps {
  endpoint: Endpoint;
  refresh: () => Promise<void>;
}

/** Log lists what an endpoint was told, the newest first. */
export function Log({ endpoint, refresh }: LogProps) {
  const t = useTexts(texts);
  const [state, setState] = useState<string | null>(null);
  const [type, setType] = useState<string | null>(null);
  const [open, setOpen] = useState<Delivery>();
  const [replaying, setReplaying] = useState(false);
  const list = useCursorList<Delivery>(`/endpoints/${endpoint.id}/deliveries`, { state, type }, { every: 5_000 });
  const columns = useColumns();
  const filtered = state !== null || type !== null;
  return (
    <div>
      <Group justify="space-between" mb="sm" gap="sm">
        <Title order={2}>{t.log}</Title>
        <Group gap="sm">
          <Select
            aria-label={t.stateFilter}
            placeholder={t.allStates}
            clearable
            style={{ flex: "1 1 9rem" }}
            data={states.map((value) => ({ value, label: t.states[value] }))}
            value={state}
            onChange={setState}
          />
          <Select
            aria-label={t.eventFilter}
            placeholder={t.allEvents}
            clearable
            style={{ flex: "1 1 13rem" }}
            data={[...eventTypes, "endpoint.ping"].map((value) => ({ value, label: t.types[value] ?? value }))}
            value={type}
            onChange={setType}
          />
          {!endpoint.disabled && (
            <Button variant="default" leftSection={<IconRepeat size={18} />} onClick={() => { setReplaying(true); }}>
              {t.replayFailed}
            </Button>
          )}
        </Group>
      </Group>
      <VirtualTable
        label={t.log}
        list={list}
        columns={columns}
        rowKey={(delivery) => delivery.id}
        onOpen={setOpen}
        height="max(20rem, calc(100dvh - 24rem))"
        empty={
          <EmptyState icon={<IconHistory size={26} />} title={filtered ? t.logEmptyFilter : t.logEmpty}>
            {filtered ? undefined : t.logEmptyText}
          </EmptyState>
        }
      />
      <Drawer opened={open !== undefined} onClose={() => { setOpen(undefined); }} position="right" size="lg" title={open && (t.types[open.type] ?? open.type)}>
        {open && <DeliveryDetails endpoint={endpoint} id={open.id} refresh={refresh} />}
      </Drawer>
      <Modal opened={replaying} onClose={() => { setReplaying(false); }} title={t.replayFailed}>
        <ReplayForm endpoint={endpoint} done={() => { setReplaying(false); return refresh(); }} />
      </Modal>
    </div>
  );
}

function useColumns(): Column<Delivery>[] {
  const t = useTexts(texts);
  return [
    { key: "event", title: t.event, render: (delivery) => t.types[delivery.type] ?? delivery.type },
    { key: "state", title: t.state, width: "8rem", render: (delivery) => <StateBadge delivery={delivery} /> },
    { key: "when", title: t.when, width: "10rem", wideOnly: true, render: (delivery) => <RelativeTime at={delivery.at} /> },
    { key: "attempts", title: t.attempts, width: "5rem", align: "right", wideOnly: true, render: (delivery) => delivery.attempts },
    { key: "answer", title: t.answer, width: "7rem", align: "right", wideOnly: true, render: (delivery) => <Answer delivery={delivery} /> },
    { key: "took", title: t.took, width: "7rem", align: "right", wideOnly: true, render: (delivery) => <Took delivery={delivery} /> },
  ];
}

function Answer({ delivery }: { delivery: Delivery }) {
  const t = useTexts(texts);
  if (delivery.status) return delivery.status;
  return delivery.last_at ? <Text span inherit c="dimmed">{t.noAnswer}</Text> : null;
}

function Took({ delivery }: { delivery: Delivery }) {
  const t = useTexts(texts);
  return delivery.last_at ? t.milliseconds(String(delivery.took_ms ?? 0)) : null;
}
