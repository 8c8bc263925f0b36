import { Button, Code, Group, Stack, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconRepeat } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { api } from "../../api/client";
import { CopyIcon, ErrorState, RelativeTime, Skeletons, useAction } from "../../components";
import { useFormat, useTexts } from "../../i18n";
import { StateBadge } from "./Badges";
import type { Delivery, Endpoint } from "./data";
import { texts } from "./texts";

interface DeliveryDetailsProps {
  endpoint: Endpoint;
  id: string;
  refresh: () => Promise<void>;
}

/** DeliveryDetails shows an event as it is sent, how that went, and sends it again. */
export function DeliveryDetails({ endpoint, id, refresh }: DeliveryDetailsProps) {
  const t = useTexts(texts);
  const path = `/endpoints/${endpoint.id}/deliveries/${id}`;
  const { data, error, refetch } = useQuery({ queryKey: [path], queryFn: ({ signal }) => api.get<Delivery>(path, { signal }), refetchInterval: 3_000 });
  const replay = useAction(() => api.post(`${path}/replay`), () => {
    notifications.show({ message: t.replayed });
    return refresh();
  });
  if (error && !data) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!data) return <Skeletons count={5} height={40} />;
  const payload = JSON.stringify(data.payload, null, 2);
  return (
    <Stack>
      <Facts delivery={data} />
      <Group justify="space-between" align="flex-end" wrap="nowrap">
        <div>
          <Text size="sm" fw={550}>
            {t.payload}
          </Text>
          {endpoint.include_text && (
            <Text size="xs" c="dimmed">
              {t.payloadHint}
            </Text>
          )}
        </div>
        <CopyIcon value={payload} />
      </Group>
      <Code block tabIndex={0} aria-label={t.payload} style={{ overflowX: "auto" }}>
        {payload}
      </Code>
      {!endpoint.disabled && (
        <Group justify="flex-end">
          <Button variant="default" leftSection={<IconRepeat size={18} />} loading={replay.isPending} onClick={() => { replay.mutate(undefined); }}>
            {t.replay}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Facts({ delivery }: { delivery: Delivery }) {
  const t = useTexts(texts);
  const format = useFormat();
  const facts: [string, ReactNode][] = [
    [t.state, <StateBadge key="state" delivery={delivery} />],
    [t.when, format.dateTime(delivery.at)],
    [t.attempts, delivery.attempts],
    [t.lastTry, delivery.last_at && <RelativeTime at={delivery.last_at} />],
    [t.answer, delivery.last_at && (delivery.status ?? t.noAnswer)],
    [t.took, delivery.last_at && t.milliseconds(String(delivery.took_ms ?? 0))],
    [t.error, delivery.error],
    [t.nextTry, delivery.next_at && format.dateTime(delivery.next_at)],
    [t.webhookID, <Code key="id" style={{ overflowWrap: "anywhere" }}>{delivery.event}</Code>],
  ];
  return (
    <Table variant="vertical" withRowBorders={false} verticalSpacing={4}>
      <Table.Tbody>
        {facts.filter(([, value]) => value).map(([title, value]) => (
          <Table.Tr key={title}>
            <Table.Th w="8rem">{title}</Table.Th>
            <Table.Td>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
