import { Badge, Button, Group, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconDeviceDesktop, IconDeviceMobile } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";

import { api } from "../../api/client";
import type { List, OwnSession } from "../../api/types";
import { ErrorState, RelativeTime, Skeletons, useAction } from "../../components";
import { useTexts } from "../../i18n";
import { browserOf, isPhone, systemOf } from "./agent";
import { Part } from "./Part";
import { texts } from "./texts";

/** Sessions shows where somebody is signed in, and signs out there. */
export function Sessions() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({ queryKey: ["sessions"], queryFn: () => api.get<List<OwnSession>>("/me/sessions") });
  const end = useAction((id: string) => api.del(`/me/sessions/${id}`), () => client.invalidateQueries({ queryKey: ["sessions"] }));
  const sessions = data?.items ?? [];
  return (
    <Part title={t.sessionsTitle} text={t.sessionsText}>
      {error && <ErrorState error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeletons count={2} height={46} />}
      <Stack gap="md">
        {sessions.map((s) => (
          <Session key={s.id} session={s} end={() => { end.mutate(s.id); }} />
        ))}
        {sessions.length > 1 && (
          <Group>
            <Button variant="default" loading={end.isPending} onClick={() => { end.mutate("all"); }}>
              {t.endAll}
            </Button>
          </Group>
        )}
      </Stack>
    </Part>
  );
}

function Session({ session, end }: { session: OwnSession; end: () => void }) {
  const t = useTexts(texts);
  const browser = browserOf(session.agent);
  const name = browser ? t.agentOn(browser, systemOf(session.agent) ?? "?") : session.agent || t.unknownAgent;
  return (
    <Group wrap="nowrap">
      <ThemeIcon variant="light" color="gray" size={40} radius="md" aria-hidden>
        {isPhone(session.agent) ? <IconDeviceMobile size={20} /> : <IconDeviceDesktop size={20} />}
      </ThemeIcon>
      <div style={{ flex: 1, minWidth: 0 }}>
        <Text size="sm" fw={550} truncate title={session.agent}>
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {session.address} · {t.seen} <RelativeTime at={session.seen_at} />
        </Text>
      </div>
      {session.current ? (
        <Badge color="teal">{t.current}</Badge>
      ) : (
        <Button variant="subtle" size="compact-sm" onClick={end}>
          {t.end}
        </Button>
      )}
    </Group>
  );
}
