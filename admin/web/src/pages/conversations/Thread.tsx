import { ActionIcon, Badge, Button, Group, Text, Title, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconHeadset, IconMessageOff, IconUser } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { Link } from "react-router";

import { ApiError } from "../../api/client";
import { may, useMe } from "../../api/session";
import type { Message, Talk } from "../../api/types";
import { EmptyState, ErrorState, Phone, phoneText, RelativeTime, Skeletons, Transcript, type TranscriptLine } from "../../components";
import { useTexts } from "../../i18n";
import classes from "./conversations.module.css";
import { Details, Under } from "./Line";
import { texts } from "./texts";
import type { TranscriptData } from "./transcript";
import { useTranscript } from "./useTranscript";

/** Thread is what was written with one phone on one short code. */
export function Thread({ code, phoneRef }: { code: string; phoneRef: string }) {
  const t = useTexts(texts);
  const { data, error, retry, older } = useTranscript(code, phoneRef);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const lines = useMemo(() => (data ? linesOf(data.messages, open, setOpen) : []), [data, open]);
  if (error && !data) return error instanceof ApiError && [404, 422].includes(error.status) ? <Gone /> : <><Back /><ErrorState error={error} retry={retry} /></>;
  if (!data) return <div className={classes.top}><Skeletons count={6} height={48} /></div>;
  return (
    <>
      <Head thread={data} phoneRef={phoneRef} />
      {lines.length > 0 ? <Transcript label={t.transcript(phoneText(data.msisdn))} lines={lines} older={older} /> : <Text c="dimmed" p="md">{t.noTexts}</Text>}
    </>
  );
}

/** linesOf are the lines of a transcript, the oldest first. */
function linesOf(messages: Message[], open: ReadonlySet<string>, setOpen: (open: ReadonlySet<string>) => void): TranscriptLine[] {
  const toggle = (id: string) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  return messages.toReversed().map((m) => ({
    id: m.id,
    at: m.at,
    phone: m.direction === "in",
    text: m.text ?? "",
    meta: <Under message={m} open={open.has(m.id)} toggle={() => { toggle(m.id); }} />,
    details: open.has(m.id) && <Details message={m} />,
  }));
}

function Head({ thread, phoneRef }: { thread: TranscriptData; phoneRef: string }) {
  const t = useTexts(texts);
  const me = useMe();
  const known = may(me, "see-phones") && me.programs.length === 0;
  return (
    <div className={classes.top}>
      <Group gap="sm" wrap="nowrap" justify="space-between">
        <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
          <Back />
          <div style={{ minWidth: 0 }}>
            <Group gap="xs">
              <Title order={2}>{thread.name || <Phone number={thread.msisdn} />}</Title>
              {thread.stopped && <Badge color="red">{t.stopped}</Badge>}
            </Group>
            <Text size="xs" c="dimmed">
              {thread.name && <><Phone number={thread.msisdn} /> · </>}
              {[thread.short_code, thread.carrier, thread.language].filter(Boolean).join(" · ")}
            </Text>
          </div>
        </Group>
        {known && (
          <Tooltip label={t.contact}>
            <ActionIcon component={Link} to={`/contacts/${phoneRef}`} variant="default" size={34} aria-label={t.contact}>
              <IconUser size={18} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      {thread.conversations.map((talk) => (
        <Open key={talk.conversation} talk={talk} />
      ))}
    </div>
  );
}

/** Open is an open conversation: where it stands, and who has it. */
function Open({ talk }: { talk: Talk }) {
  const t = useTexts(texts);
  const me = useMe();
  return (
    <Group gap="xs" mt={6} justify="space-between" className={classes.open}>
      <Text size="xs">
        <Link to={`/flows/${encodeURIComponent(talk.flow)}`} className={classes.flow}>
          {talk.flow}
        </Link>{" "}
        {t.inState(talk.version, talk.state)}
        <Text span inherit c="dimmed">
          {" · "}
          {talk.program} · {t.until} <RelativeTime at={talk.expires_at} />
        </Text>
      </Text>
      {talk.handed && (
        <Group gap="xs">
          <Badge color="yellow">{talk.by ? t.answers(talk.by) : t.handed}</Badge>
          {may(me, "answer") && (
            <Button component={Link} to={`/handoffs/${talk.conversation}`} size="compact-sm" leftSection={<IconHeadset size={16} />}>
              {talk.by ? t.goTo : t.takeOver}
            </Button>
          )}
        </Group>
      )}
    </Group>
  );
}

function Back() {
  const t = useTexts(texts);
  return (
    <Button className={classes.back ?? ""} component={Link} to="/conversations" variant="subtle" color="gray" px={8} aria-label={t.back}>
      <IconArrowLeft size={18} />
    </Button>
  );
}

function Gone() {
  const t = useTexts(texts);
  return (
    <EmptyState icon={<IconMessageOff size={26} />} title={t.goneTitle} action={<Button component={Link} to="/conversations" variant="default">{t.back}</Button>}>
      {t.goneText}
    </EmptyState>
  );
}
