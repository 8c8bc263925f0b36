import { Badge, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { api, segment } from "../../api/client";
import type { Standing } from "../../api/types";
import { useFormat, useTexts } from "../../i18n";
import { ErrorState } from "../ErrorState";
import { RelativeTime } from "../RelativeTime";
import { Skeletons } from "../Skeletons";
import { Ledger } from "./Ledger";
import { named, texts } from "./texts";

/** How often a standing is read again, in milliseconds: the gateway writes what changed a moment later. */
const every = 5000;

/** useStanding reads what is known of a phone's consent. */
export function useStanding(msisdn: string) {
  const path = `/consents/${segment(msisdn)}`;
  return useQuery({ queryKey: [path], queryFn: ({ signal }) => api.get<Standing>(path, { signal }), refetchInterval: every });
}

/** StandingOf shows what a phone agreed to and refused, and the ledger that proves it. */
export function StandingOf({ msisdn }: { msisdn: string }) {
  const t = useTexts(texts);
  const { data, error, refetch } = useStanding(msisdn);
  if (error && !data) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!data) return <Skeletons count={3} height={110} gap={16} />;
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, md: 3 }}>
        <Part title={t.programs} none={t.noPrograms}>
          {data.programs.map((p) => (
            <Fact key={p.program} name={p.program} since={p.since}>
              <Badge color={stateColor(p.state)}>{named(p.state, t.states)}</Badge>
            </Fact>
          ))}
        </Part>
        <Part title={t.stops} none={t.noStops}>
          {data.stopped.map((code) => <Badge key={code} color="red" size="lg">{code}</Badge>)}
        </Part>
        <Part title={t.listed} none={t.notListed}>
          {data.listed.map((entry, i) => <Listed key={i} entry={entry} />)}
        </Part>
      </SimpleGrid>
      <Card>
        <Title order={2} mb="md">
          {t.ledger}
        </Title>
        <Ledger lines={data.ledger} />
      </Card>
    </Stack>
  );
}

const stateColor = (state: string) => (state === "opted-out" ? "red" : state === "pending" ? "yellow" : state === "none" ? "gray" : "teal");

function Part({ title, none, children }: { title: string; none: string; children: ReactNode[] }) {
  return (
    <Card padding="md">
      <Title order={2} size="h3" mb="xs">
        {title}
      </Title>
      {children.length === 0 ? <Text size="sm" c="dimmed">{none}</Text> : <Stack gap="sm" align="flex-start">{children}</Stack>}
    </Card>
  );
}

function Fact({ name, since, children }: { name: string; since: string; children: ReactNode }) {
  return (
    <div>
      <Group gap="xs">
        <Text size="sm" fw={550}>{name}</Text>
        {children}
      </Group>
      <Text size="xs" c="dimmed">
        <RelativeTime at={since} />
      </Text>
    </div>
  );
}

function Listed({ entry }: { entry: Standing["listed"][number] }) {
  const t = useTexts(texts);
  const format = useFormat();
  return (
    <div>
      <Group gap="xs">
        <Badge color="red">
          {named(entry.scope, t.scopes)}
          {entry.scope_id ? ` ${entry.scope_id}` : ""}
        </Badge>
        {entry.until && <Text size="xs">{t.until(format.dateTime(entry.until))}</Text>}
      </Group>
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {entry.reason} · <RelativeTime at={entry.since} />
      </Text>
    </div>
  );
}
