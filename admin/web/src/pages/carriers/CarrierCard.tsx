import { Alert, Badge, Button, Card, Group, Text, Title, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPencil, IconPlugConnected, IconPlugConnectedX, IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, segment } from "../../api/client";
import { useMay } from "../../api/session";
import type { Carrier } from "../../api/types";
import { confirm, sentence, useAction } from "../../components";
import { common, useFormat, useTexts } from "../../i18n";
import { Binds } from "./Binds";
import classes from "./carriers.module.css";
import { Responses } from "./Responses";
import { texts } from "./texts";

/** CarrierCard is one carrier: whether it is bound, how fast it takes, and what it answers. */
export function CarrierCard({ carrier }: { carrier: Carrier }) {
  const trouble = carrier.bound ? undefined : carrier.binds.find((bind) => bind.last_error)?.last_error;
  return (
    <Card component="section" aria-label={carrier.name}>
      <Group justify="space-between" align="flex-start" mb="md">
        <div>
          <Group gap="sm">
            <Title order={2}>{carrier.name}</Title>
            <Standing carrier={carrier} />
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {carrier.system_id} · {carrier.addr}
          </Text>
        </div>
        <Buttons name={carrier.name} />
      </Group>
      {trouble && (
        <Alert color="red" variant="light" mb="md" icon={<IconPlugConnectedX size={18} />}>
          {sentence(trouble)}
        </Alert>
      )}
      <Numbers carrier={carrier} />
      <Binds binds={carrier.binds} />
      <Responses responses={carrier.responses} />
    </Card>
  );
}

function Standing({ carrier: { bound, binds } }: { carrier: Carrier }) {
  const t = useTexts(texts);
  if (bound) return <Badge color="teal" leftSection={<IconPlugConnected size={13} aria-hidden />}>{t.bound}</Badge>;
  const some = binds.some((bind) => bind.state === "bound");
  return <Badge color={some ? "yellow" : "red"} leftSection={<IconPlugConnectedX size={13} aria-hidden />}>{some ? t.partly : t.unbound}</Badge>;
}

function Buttons({ name }: { name: string }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const operates = useMay("operate");
  const client = useQueryClient();
  const rebind = useAction(
    () => api.post(`/carriers/${segment(name)}/rebind`),
    () => {
      notifications.show({ color: "teal", message: t.rebound(name) });
      return client.invalidateQueries({ queryKey: ["/carriers"] });
    },
  );
  if (!operates) return null;
  const ask = async () => {
    if (await confirm({ title: t.rebindTitle(name), text: t.rebindText, confirm: t.rebind, cancel: c.cancel })) rebind.mutate(undefined);
  };
  return (
    <Group gap="xs">
      <Button variant="default" size="compact-sm" leftSection={<IconRefresh size={16} />} loading={rebind.isPending} onClick={() => void ask()}>
        {t.rebind}
      </Button>
      <Button component={Link} to={`/settings/objects/carriers/${segment(name)}`} variant="default" size="compact-sm" leftSection={<IconPencil size={16} />} aria-label={t.editOf(name)}>
        {t.edit}
      </Button>
    </Group>
  );
}

function Numbers({ carrier }: { carrier: Carrier }) {
  const t = useTexts(texts);
  const format = useFormat();
  const { throughput, pace } = carrier;
  const speed = (n: number) => (n > 0 ? t.perSecond(format.number(Math.round(n * 10) / 10)) : t.noLimit);
  const slowed = pace > 0 && (throughput === 0 || pace < throughput * 0.95);
  return (
    <dl className={classes.numbers}>
      <Number name={t.pace} value={speed(pace)} note={slowed && throughput > 0 ? t.slowed(speed(throughput)) : undefined} />
      <Number name={t.submitted} value={format.number(carrier.submitted)} hint={t.sinceStart} />
      <Number name={t.delivered} value={format.number(carrier.delivered)} hint={t.deliveredHint} />
      <Number name={t.unanswered} value={format.number(carrier.unanswered)} hint={t.unansweredHint} />
      <Number name={t.lanes} value={format.number(carrier.lanes)} />
    </dl>
  );
}

function Number({ name, value, note, hint }: { name: string; value: string; note?: string | undefined; hint?: string }) {
  return (
    <div>
      <dt>{hint ? <Tooltip label={hint}><span>{name}</span></Tooltip> : name}</dt>
      <dd>
        {value}
        {note && <Text size="xs" c="dimmed">{note}</Text>}
      </dd>
    </div>
  );
}
