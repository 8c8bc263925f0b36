import { Badge, Button, Card, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, ApiError, segment } from "../../api/client";
import { useObjects, type PlaceObject } from "../../api/objects";
import type { Order } from "../../api/types";
import { Phone, RelativeTime, useAction } from "../../components";
import { useFormat, useLanguage, useTexts } from "../../i18n";
import { moneyOf } from "../../i18n/money";
import { itemsOf, stepsOf, type Step } from "./board";
import { AcceptForm, RefuseForm } from "./forms";
import classes from "./orders.module.css";
import { texts } from "./texts";

/** OrderCard shows an order, and moves it on. */
export function OrderCard({ order }: { order: Order }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  return (
    <Card component="article" padding="md" aria-label={t.number(order.number)}>
      <Group justify="space-between" align="baseline" gap="0 sm">
        <Title order={3} size="1.375rem">
          {t.number(order.number)}
        </Title>
        <Text size="sm" c="dimmed">
          <RelativeTime at={order.placed_at} />
        </Text>
      </Group>
      <Text size="xs" c="dimmed" mb="xs">
        {order.program} · <Phone number={order.msisdn} />
      </Text>
      <ul className={classes.lines}>
        {itemsOf(order).map((item, i) => <li key={i}>{item}</li>)}
      </ul>
      {order.note && (
        <Text className={classes.note} size="sm" mt="xs">
          {t.note(order.note)}
        </Text>
      )}
      <Where order={order} />
      <Group justify="space-between" mt="xs">
        <Text fw={600}>{moneyOf(order.total, language)}</Text>
        {order.state !== "placed" && <Badge color={order.state === "refused" ? "red" : order.state === "done" ? "gray" : "teal"}>{t.states[order.state]}</Badge>}
      </Group>
      <Steps order={order} />
    </Card>
  );
}

function Where({ order: { address, wanted_at, place } }: { order: Order }) {
  const t = useTexts(texts);
  const format = useFormat();
  const title = useObjects<PlaceObject>("places").find((p) => p.name === place)?.title;
  return (
    <Text size="sm" mt="xs" style={{ overflowWrap: "anywhere" }}>
      {address ? `${t.delivered} ${address}` : t.pickup}
      {place && ` · ${title ?? place}`}
      {wanted_at && (
        <>
          {" · "}
          <b>
            {t.wanted} {format.dateTime(wanted_at)}
          </b>
        </>
      )}
    </Text>
  );
}

function Steps({ order }: { order: Order }) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const [asking, setAsking] = useState<"accepted" | "refused">();
  const refresh = () => client.invalidateQueries({ queryKey: ["/orders"] });
  const move = async ({ step, ...body }: { step: Step; minutes?: number; reason?: string }) => {
    try {
      await api.post(`/orders/${segment(order.program)}/${order.number}/${step}`, body);
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) void refresh(); // somebody else moved it
      throw error;
    }
  };
  const change = useAction(move, () => {
    setAsking(undefined);
    return refresh();
  });
  const steps = stepsOf(order);
  if (steps.length === 0) return null;
  const names = { accepted: t.accept, refused: t.refuse, ready: t.ready, leaving: t.leaving, done: t.done };
  const begin = (step: Step) => {
    if (step === "accepted" || step === "refused") setAsking(step);
    else change.mutate({ step });
  };
  return (
    <Stack gap="xs" mt="md">
      {steps.map((step, i) => (
        <Button
          key={step}
          size={i === 0 ? "lg" : "md"}
          variant={i === 0 ? "filled" : "default"}
          {...(step === "refused" && { c: "var(--mantine-color-error)" })}
          loading={change.isPending && change.variables.step === step}
          aria-label={`${names[step]}: ${t.number(order.number)}`}
          onClick={() => { begin(step); }}
        >
          {names[step]}
        </Button>
      ))}
      <Modal opened={asking === "accepted"} onClose={() => { setAsking(undefined); }} title={t.acceptTitle(order.number)}>
        <AcceptForm busy={change.isPending} accept={(minutes) => { change.mutate({ step: "accepted", minutes }); }} />
      </Modal>
      <Modal opened={asking === "refused"} onClose={() => { setAsking(undefined); }} title={t.refuseTitle(order.number)}>
        <RefuseForm busy={change.isPending} refuse={(reason) => { change.mutate({ step: "refused", ...(reason && { reason }) }); }} />
      </Modal>
    </Stack>
  );
}
