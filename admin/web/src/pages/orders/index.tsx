import { Badge, Group, Select, Switch, Text, Title } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconChefHat } from "@tabler/icons-react";
import { useMemo } from "react";

import { useCursorList } from "../../api/lists";
import { useObjects, type ProgramObject } from "../../api/objects";
import type { Order } from "../../api/types";
import { EmptyState, ErrorState, Page, Skeletons } from "../../components";
import { useTexts } from "../../i18n";
import { columns, inColumn, keyOf, type ColumnName } from "./board";
import { OrderCard } from "./OrderCard";
import classes from "./orders.module.css";
import { texts } from "./texts";
import { chime, useChime } from "./useChime";

const every = 5000;

/** Orders is the board of a kitchen: each order moves from the left to the right. */
export default function Orders() {
  const t = useTexts(texts);
  const [program, setProgram] = useLocalStorage<string | null>({ key: "repartee-orders-program", defaultValue: null });
  const [finished, setFinished] = useLocalStorage({ key: "repartee-orders-finished", defaultValue: false });
  const [sound, setSound] = useLocalStorage({ key: "repartee-orders-sound", defaultValue: false });
  const list = useCursorList<Order>("/orders", { program, all: finished || undefined }, { every });
  const fresh = inColumn(list.items, "fresh").map(keyOf).join("\n");
  useChime(useMemo(() => (list.isPending ? undefined : fresh.split("\n").filter(Boolean)), [list.isPending, fresh]), sound);
  const programs = useObjects<ProgramObject>("programs").map(({ name, brand }) => ({ value: name, label: brand === name ? name : `${brand} (${name})` }));
  return (
    <Page title={t.title} description={t.description} wide>
      <Group mb="md" gap="lg">
        <Select aria-label={t.program} placeholder={t.allPrograms} data={programs} value={program} onChange={setProgram} clearable searchable w="16rem" />
        <Switch label={t.finished} checked={finished} onChange={(event) => { setFinished(event.currentTarget.checked); }} />
        <Switch
          label={t.sound}
          checked={sound}
          onChange={(event) => {
            setSound(event.currentTarget.checked);
            if (event.currentTarget.checked) chime(); // so that people hear what it is, and the browser allows it
          }}
        />
      </Group>
      {list.isPending && <Skeletons count={3} height={150} />}
      {list.error && list.items.length === 0 && <ErrorState error={list.error} retry={list.retry} />}
      {!list.isPending && !list.error && list.items.length === 0 && (
        <EmptyState icon={<IconChefHat size={26} />} title={t.emptyTitle}>
          {t.emptyText}
        </EmptyState>
      )}
      {list.items.length > 0 && (
        <div className={classes.board}>
          {(Object.keys(columns) as ColumnName[]).filter((name) => finished || name !== "over").map((name) => <Column key={name} name={name} orders={inColumn(list.items, name)} />)}
        </div>
      )}
    </Page>
  );
}

function Column({ name, orders }: { name: ColumnName; orders: Order[] }) {
  const t = useTexts(texts);
  return (
    <section className={classes.column} aria-label={t.columns[name]}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" mb="sm" px={4}>
        <Title order={2} size="h3">
          {t.columns[name]}
        </Title>
        <Badge color={name === "fresh" && orders.length > 0 ? "petrol" : "gray"} variant={name === "fresh" && orders.length > 0 ? "filled" : "light"} circle={orders.length < 10} style={{ flexShrink: 0 }} aria-label={String(orders.length)}>
          {orders.length}
        </Badge>
      </Group>
      {orders.length === 0 ? (
        <Text c="dimmed" size="sm" px={4} pb="xs">
          {t.noneIn[name]}
        </Text>
      ) : (
        <ul className={classes.cards}>
          {orders.map((order) => <li key={keyOf(order)}><OrderCard order={order} /></li>)}
        </ul>
      )}
    </section>
  );
}
