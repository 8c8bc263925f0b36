import { Alert, Badge, Button, Card, Group, Text, Title, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPencil, IconPlayerPause, IconPlayerPlay, IconPlugConnected, IconPlugConnectedX, IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, segment } from "../../api/client";
import { useMay } from "../../api/session";
import type { Carrier } from "../../api/types";
import { bindError, confirm, useAction } from "../../components";
import { common, useFormat, useTexts } from "../../i18n";
import { Binds } from "./Binds";
import classes from "./carriers.module.css";
import { Responses } from "./Responses";
import { texts } from "./texts";
import { Traffic } from "./Traffic";

type Verb = "rebind" | "pause" | "resume";

/** CarrierCard is one carrier: whether it is bound, how fast it takes, and what it answers. */
export function CarrierCard({ carrier }: { carrier: Carrier }) {
  const t = useTexts(texts);
  const operates = useMay("operate");
  const trouble = carrier.bound ? undefined : carrier.binds.find((bind) => bind.last_error)?.last_error;
  return (
    <Card component="section" aria-label={carrier.name}>
      <Group justify="space-between" align="flex-start" mb="md">
        <div>
          <Group gap="sm">
            <Title order={2}>{carrier.name}</Title>
            <Standing carrier={carrier} />
            {carrier.paused && <Badge color="yellow" leftSection={<IconPlayerPause size={13} aria-hidden />}>{t.paused}</Badge>}
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {carrier.system_id} · {carrier.addr}
          </Text>
        </div>
        <Buttons carrier={carrier} />
      </Group>
      {trouble && (
        <Alert color="red" variant="light" mb="md" icon={<IconPlugConnectedX size={18} />}>
          {bindError(trouble)}
        </Alert>
      )}
      {carrier.paused && (
        <Alert color="yellow" variant="light" mb="md" icon={<IconPlayerPause size={18} />}>
          {t.pausedText}
        </Alert>
      )}
      <Numbers carrier={carrier} />
      <Binds binds={carrier.binds} />
      <Responses responses={carrier.responses} />
      {operates && <Traffic name={carrier.name} />}
    </Card>
  );
}

function Standing({ carrier: { bound, binds } }: { carrier: Carrier }) {
  const t = useTexts(texts);
  if (bound) return <Badge color="teal" leftSection={<IconPlugConnected size={13} aria-hidden />}>{t.bound}</Badge>;
  const some = binds.some((bind) => bind.state === "bound");
  return <Badge color={some ? "yellow" : "red"} leftSection={<IconPlugConnectedX size={13} aria-hidden />}>{some ? t.partly : t.unbound}</Badge>;
}

function Buttons({ carrier: { name, paused } }: { carrier: Carrier }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const operates = useMay("operate");
  const client = useQueryClient();
  const act = useAction(
    (verb: Verb) => api.post(`/carriers/${segment(name)}/${verb}`),
    (_, verb) => {
      notifications.show({ color: "teal", message: t.dones[verb](name) });
      return client.invalidateQueries({ queryKey: ["/carriers"] });
    },
  );
  if (!operates) return null;
  const ask = async (verb: "rebind" | "pause") => {
    const [title, text] = verb === "rebind" ? [t.rebindTitle(name), t.rebindText] : [t.pauseTitle(name), t.pauseText];
    if (await confirm({ title, text, confirm: t[verb], cancel: c.cancel })) act.mutate(verb);
  };
  return (
    <Group gap="xs">
      <Button variant="default" size="compact-sm" leftSection={<IconRefresh size={16} />} loading={act.isPending} onClick={() => void ask("rebind")}>
        {t.rebind}
      </Button>
      {paused ? (
        <Button variant="default" size="compact-sm" leftSection={<IconPlayerPlay size={16} />} loading={act.isPending} onClick={() => { act.mutate("resume"); }}>
          {t.resume}
        </Button>
      ) : (
        <Button variant="default" size="compact-sm" leftSection={<IconPlayerPause size={16} />} loading={act.isPending} onClick={() => void ask("pause")}>
          {t.pause}
        </Button>
      )}
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
