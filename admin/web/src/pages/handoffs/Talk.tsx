import { Alert, Button, Group, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowLeft, IconCornerUpLeft, IconHeadsetOff, IconLock } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";

import { api, ApiError } from "../../api/client";
import type { HandoffDoc } from "../../api/types";
import { confirm, EmptyState, ErrorState, Phone, phoneText, RelativeTime, Skeletons, Transcript, useAction } from "../../components";
import { common, useTexts } from "../../i18n";
import { Answer } from "./Answer";
import { every } from "./every";
import classes from "./handoffs.module.css";
import { Holder } from "./Queue";
import { texts } from "./texts";
import { useCaller } from "./useCaller";

/** Talk is one conversation that waits for a person, or has one. */
export function Talk({ id }: { id: string }) {
  const t = useTexts(texts);
  const me = useCaller();
  const path = `/handoffs/${id}`;
  const found = useQuery({ queryKey: [path], queryFn: ({ signal }) => api.get<HandoffDoc>(path, { signal }), refetchInterval: every.talk });
  if (found.error instanceof ApiError && [404, 422].includes(found.error.status)) return <Over />;
  if (found.error && !found.data) return <ErrorState error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <div className={classes.bottom}><Skeletons count={5} height={52} /></div>;
  const talk = found.data;
  const others = talk.by && talk.by !== me ? talk.by : undefined;
  return (
    <>
      <Head talk={talk} />
      <Transcript label={t.transcript(phoneText(talk.msisdn))} lines={talk.lines} />
      <div className={classes.bottom}>
        {others && (
          <Alert icon={<IconLock size={18} />} color="gray" variant="light" title={t.othersTitle(others)} role="status">
            {t.othersText}
          </Alert>
        )}
        <Answer talk={talk} locked={others !== undefined} />
      </div>
    </>
  );
}

function Head({ talk }: { talk: HandoffDoc }) {
  const t = useTexts(texts);
  return (
    <Group className={classes.top} justify="space-between" gap="sm">
      <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
        <Button className={classes.back} component={Link} to="/handoffs" variant="subtle" color="gray" px={8} aria-label={t.backToQueue}>
          <IconArrowLeft size={18} />
        </Button>
        <div style={{ minWidth: 0 }}>
          <Group gap="sm">
            <Title order={2}>
              <Phone number={talk.msisdn} />
            </Title>
            <Holder by={talk.by} />
          </Group>
          <Text size="xs" c="dimmed">
            {talk.program} · {talk.group} · {talk.short_code} · {t.since.toLowerCase()} <RelativeTime at={talk.since} />
          </Text>
        </div>
      </Group>
      <GiveBack talk={talk} />
    </Group>
  );
}

function GiveBack({ talk }: { talk: HandoffDoc }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const client = useQueryClient();
  const navigate = useNavigate();
  const back = useAction(
    () => api.post(`/handoffs/${talk.conversation}/return`),
    async () => {
      notifications.show({ color: "teal", message: t.givenBack });
      await navigate("/handoffs");
      await client.invalidateQueries({ queryKey: ["/handoffs"] });
    },
  );
  const ask = async () => {
    if (await confirm({ title: t.giveBackTitle, text: t.giveBackText, confirm: t.giveBack, cancel: c.cancel })) back.mutate(undefined);
  };
  return (
    <Button variant="default" leftSection={<IconCornerUpLeft size={16} />} loading={back.isPending} onClick={() => void ask()}>
      {t.giveBack}
    </Button>
  );
}

function Over() {
  const t = useTexts(texts);
  return (
    <EmptyState
      icon={<IconHeadsetOff size={26} />}
      title={t.overTitle}
      action={
        <Button component={Link} to="/handoffs" variant="default">
          {t.backToQueue}
        </Button>
      }
    >
      {t.overText}
    </EmptyState>
  );
}
