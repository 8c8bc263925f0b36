import { Badge, Card, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { api } from "../../api/client";
import type { List, Message } from "../../api/types";
import { ErrorState, phoneText, Skeletons } from "../../components";
import { useFormat, useTexts } from "../../i18n";
import { journeysOf, type Journey } from "./causes";
import { samePhone, type VirtualPhone } from "./phones";
import classes from "./phones.module.css";
import { texts } from "./texts";
import { useMoment } from "./useMoment";

/** How many messages of a phone its journeys are made of. */
const kept = 60;

const keyOf = (p: VirtualPhone) => `${p.carrier} ${p.number}`;

interface JourneysProps {
  phones: VirtualPhone[];
  shown: VirtualPhone;
  onShow: (phone: VirtualPhone) => void;
}

/** Journeys shows the way of a phone's texts through the gateway, as it is kept. */
export function Journeys({ phones, shown, onShow }: JourneysProps) {
  const t = useTexts(texts);
  const query = { msisdn: shown.number, limit: kept };
  const { data, error, refetch } = useQuery({
    queryKey: ["/messages", query],
    queryFn: ({ signal }) => api.get<List<Message>>("/messages", { query, signal }),
    refetchInterval: 1000,
  });
  const items = journeysOf(data?.items ?? []);
  return (
    <Stack component="section" aria-labelledby="journeys" mt="xl" gap="sm">
      <Group justify="space-between" align="flex-end">
        <div style={{ flex: "1 1 20rem" }}>
          <Title order={2} id="journeys">
            {t.journeys}
          </Title>
          <Text c="dimmed">{t.journeysText}</Text>
        </div>
        <Select
          label={t.journeysOf}
          allowDeselect={false}
          data={phones.map((p) => ({ value: keyOf(p), label: phoneText(p.number) }))}
          value={keyOf(shown)}
          onChange={(key) => {
            const phone = phones.find((p) => keyOf(p) === key);
            if (phone && !samePhone(phone, shown)) onShow(phone);
          }}
        />
      </Group>
      {!data && (error ? <ErrorState error={error} retry={() => void refetch()} /> : <Skeletons height={120} />)}
      {data && items.length === 0 && <Text c="dimmed">{t.noJourneys}</Text>}
      {items.map((journey) => <Way key={journey.key} journey={journey} />)}
    </Stack>
  );
}

/** Way is one text that came and all that went because of it. */
function Way({ journey: { incoming, outgoing } }: { journey: Journey }) {
  const t = useTexts(texts);
  return (
    <Card padding="md" className={classes.way ?? ""}>
      {incoming ? <Came m={incoming} /> : <Text size="sm" c="dimmed">{t.unasked}</Text>}
      <div className={classes.answers}>
        {outgoing.map((m) => <Went key={m.id} m={m} since={incoming?.at ?? m.at} />)}
        {outgoing.length === 0 && <Text size="sm" c="dimmed">{t.noAnswer}</Text>}
      </div>
    </Card>
  );
}

function Came({ m }: { m: Message }) {
  const t = useTexts(texts);
  const moment = useMoment();
  return (
    <ol className={classes.steps}>
      <Step title={t.steps.in} time={moment.exact(m.at)} at={m.at}>
        <Words text={m.text ?? ""} />
        <Facts>{[m.short_code, m.carrier, m.segments > 1 && t.segments(m.segments)]}</Facts>
      </Step>
      <Step title={t.steps.route}>
        <Group gap={6}>
          {m.class !== "neither" && <Badge color={m.class === "opt-out" ? "red" : "blue"}>{named(t.classes, m.class)}</Badge>}
          {m.status !== "turn" && <Badge color="red">{named(t.outcomes, m.status)}</Badge>}
          {m.status === "turn" && m.class === "neither" && (
            <Text size="sm" fw={550}>
              {m.route ?? t.conversation}
            </Text>
          )}
        </Group>
        <Facts>{[<code key="rule">{m.rule}</code>]}</Facts>
      </Step>
    </ol>
  );
}

/** named is what a value of the API is called, or the value itself. */
const named = (names: Record<string, string>, value = ""): string => names[value] ?? value;

const verdictColors: Record<string, string> = { allow: "teal", hold: "yellow", refuse: "red" };

function Went({ m, since }: { m: Message; since: string }) {
  const t = useTexts(texts);
  const format = useFormat();
  const moment = useMoment();
  const sent = m.sent_at !== undefined;
  return (
    <ol className={classes.steps}>
      <Step title={t.steps.gate} time={moment.later(since, m.at)} at={m.at}>
        <Group gap={6}>
          <Badge color={verdictColors[m.verdict ?? ""] ?? "gray"}>{named(t.verdicts, m.verdict)}</Badge>
          {m.verdict === "hold" && m.hold_until && <Text size="sm">{t.heldUntil(format.dateTime(m.hold_until))}</Text>}
        </Group>
        <Facts>{[named(t.kinds, m.class), m.rule && <code key="rule">{m.rule}</code>]}</Facts>
      </Step>
      <Step title={t.steps.out} time={m.sent_at && moment.later(since, m.sent_at)} at={m.sent_at}>
        <Words text={m.text ?? ""} muted={!sent} />
        <Facts>{[m.short_code, m.program, m.carrier, m.segments > 1 && t.segments(m.segments)]}</Facts>
      </Step>
      <Step title={t.steps.receipt} time={m.done_at && moment.later(since, m.done_at)} at={m.done_at}>
        <Badge color={colorOf(m.status)}>{named(t.sentStates, m.status)}</Badge>
        <Facts>{[m.error !== undefined && m.error !== 0 && t.error(m.error)]}</Facts>
      </Step>
    </ol>
  );
}

function colorOf(state: string): string {
  if (state === "delivered") return "teal";
  if (state === "held" || state === "queued" || state === "sending" || state === "sent") return "blue";
  return state === "cancelled" || state === "expired" ? "gray" : "red";
}

function Step({ title, time, at, children }: { title: string; time?: string | undefined; at?: string | undefined; children: ReactNode }) {
  const format = useFormat();
  return (
    <li className={classes.step}>
      <Text size="xs" c="dimmed" component="div" className={classes.stepTitle ?? ""}>
        <span>{title}</span>
        {time && at && (
          <time dateTime={at} title={format.exact(at)}>
            {time}
          </time>
        )}
      </Text>
      {children}
    </li>
  );
}

function Words({ text, muted = false }: { text: string; muted?: boolean }) {
  return (
    <Text size="sm" dir="auto" className={classes.words ?? ""} {...(muted && { c: "dimmed" })}>
      {text}
    </Text>
  );
}

/** Facts are what is also known, those that are. */
function Facts({ children }: { children: ReactNode[] }) {
  const known = children.filter(Boolean);
  if (known.length === 0) return null;
  return (
    <Text size="xs" c="dimmed" component="div" className={classes.facts ?? ""}>
      {known.map((fact, i) => <span key={i}>{fact}</span>)}
    </Text>
  );
}
