import { Anchor, Badge, Group, Modal, Paper, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";

import { api, segment } from "../../api/client";
import { ErrorState, Page, RelativeTime, Skeletons } from "../../components";
import { common, useFormat, useTexts } from "../../i18n";
import { Actions } from "./Actions";
import { HealthBadge } from "./Badges";
import { home, type Endpoint } from "./data";
import { EndpointForm } from "./EndpointForm";
import { Log } from "./Log";
import { NewSecret } from "./NewSecret";
import { eventTypes, texts } from "./texts";

type Dialog = { kind: "edit" } | { kind: "secret"; secret: string };

/** EndpointPage shows an event endpoint: its health, what can be done, and what it was told. */
export function EndpointPage() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { id = "" } = useParams();
  const path = `/endpoints/${segment(id)}`;
  const [dialog, setDialog] = useState<Dialog>();
  const { data: endpoint, error, refetch } = useQuery({ queryKey: [path], queryFn: ({ signal }) => api.get<Endpoint>(path, { signal }), refetchInterval: 5_000 });
  const close = () => { setDialog(undefined); };
  const refresh = () => client.invalidateQueries({ predicate: ({ queryKey: [key] }) => typeof key === "string" && key.startsWith("/endpoints") });
  if (!endpoint) {
    return (
      <Page title={t.title}>
        {error ? <ErrorState error={error} retry={() => void refetch()} /> : <Skeletons count={5} height={40} />}
      </Page>
    );
  }
  return (
    <Page
      title={endpoint.name}
      above={<Anchor component={Link} to={home} size="sm">{t.title}</Anchor>}
      actions={
        <Actions
          endpoint={endpoint}
          edit={() => { setDialog({ kind: "edit" }); }}
          rotated={(secret) => { setDialog({ kind: "secret", secret }); }}
          refresh={refresh}
        />
      }
    >
      <Stack gap="lg">
        <Summary endpoint={endpoint} />
        <Log endpoint={endpoint} refresh={refresh} />
      </Stack>
      <Modal opened={dialog !== undefined} onClose={close} size="lg" title={dialog?.kind === "edit" ? t.editTitle(endpoint.name) : t.madeTitle(endpoint.name)}>
        {dialog?.kind === "edit" && <EndpointForm endpoint={endpoint} done={() => { close(); return refresh(); }} />}
        {dialog?.kind === "secret" && <NewSecret secret={dialog.secret} close={close} />}
      </Modal>
    </Page>
  );
}

function Summary({ endpoint }: { endpoint: Endpoint }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const format = useFormat();
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Group gap="sm">
          <HealthBadge endpoint={endpoint} />
          <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere", minWidth: 0 }}>
            {endpoint.url}
          </Text>
        </Group>
        <Text size="sm" component="div">
          {t.lastSuccessIs}{" "}
          {endpoint.last_success_at ? <RelativeTime at={endpoint.last_success_at} /> : c.never.toLowerCase()}
          {endpoint.failing_since && (
            <Text span inherit c="var(--mantine-color-error)">
              {" · "}
              {t.failingSince} <RelativeTime at={endpoint.failing_since} />
              {endpoint.last_error && ` · ${endpoint.last_error}`}
            </Text>
          )}
        </Text>
        {endpoint.disabled && <Text size="sm">{endpoint.disabled_by ? t.disabledBy(endpoint.disabled_by) : t.gone}</Text>}
        {endpoint.old_secret_until && <Text size="sm">{t.rotating(format.dateTime(endpoint.old_secret_until))}</Text>}
        <Group gap={6}>
          {eventTypes.filter((type) => endpoint.events.includes(type)).map((type) => (
            <Badge key={type} color="gray">
              {t.types[type]}
            </Badge>
          ))}
          {endpoint.include_text && <Badge color="petrol">{t.includeText}</Badge>}
          {endpoint.private && <Badge color="petrol">{t.private}</Badge>}
          {endpoint.programs.map((program) => (
            <Badge key={program} color="petrol">
              {program}
            </Badge>
          ))}
        </Group>
      </Stack>
    </Paper>
  );
}
