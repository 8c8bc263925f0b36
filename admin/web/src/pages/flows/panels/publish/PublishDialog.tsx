import { Alert, Button, Checkbox, Group, List, Loader, Modal, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCircleCheck, IconPin } from "@tabler/icons-react";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, ApiError } from "../../../../api/client";
import type { Schema } from "../../../../api/types";
import { ErrorState, messageOf, sentence, Skeletons, useAction } from "../../../../components";
import { common, useTexts } from "../../../../i18n";
import { flowPath, releaseQuery, useFlow, type FlowDoc } from "../queries";
import { Decision } from "./Decision";
import { calm, decisionOf, statesOf, type Wish } from "./decision";
import { Shadow } from "./Shadow";
import { texts } from "./texts";

type Published = Schema<"Published">;

interface PublishDialogProps {
  name: string;
  /** An earlier version to publish again; without one, the draft. */
  version?: number | undefined;
  opened: boolean;
  onClose: () => void;
  onPublished: (version: number) => void;
  /** The editor holds what is not in the draft yet. */
  dirty: boolean;
}

/** PublishDialog plays the golden conversations, tells what a publication means, and publishes. */
export function PublishDialog({ name, version, opened, onClose, onPublished, dirty }: PublishDialogProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  return (
    <Modal closeButtonProps={{ "aria-label": c.close }} opened={opened} onClose={onClose} size="lg" title={version ? t.againTitle(name, version) : t.title(name)}>
      {opened && <Loaded name={name} version={version} onClose={onClose} onPublished={onPublished} dirty={dirty} />}
    </Modal>
  );
}

type LoadedProps = Omit<PublishDialogProps, "opened">;

function Loaded({ name, version, ...rest }: LoadedProps) {
  const flow = useFlow(name);
  const earlier = useQuery({ ...releaseQuery(name, version ?? 0), enabled: version !== undefined });
  const error = flow.error ?? earlier.error;
  if (error) return <ErrorState error={error} retry={() => void flow.refetch()} />;
  const source = version === undefined ? flow.data?.source : earlier.data;
  if (!flow.isFetchedAfterMount || !flow.data || source === undefined) return <Skeletons height={48} count={4} />;
  return <Publication name={name} version={version} flow={flow.data} source={source} {...rest} />;
}

interface PublicationProps extends LoadedProps {
  flow: FlowDoc;
  source: string;
}

function Publication({ name, version, flow, source, onClose, onPublished, dirty }: PublicationProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const client = useQueryClient();
  const [wish, setWish] = useState<Wish>(calm);
  const [pin, setPinned] = useState(false);
  const open = flow.versions.reduce((sum, v) => sum + v.open, 0);
  const current = flow.versions.find((v) => v.state === "published");
  const pinned = flow.versions.find((v) => v.pinned);
  const decision = decisionOf(wish, open);
  const body = { ...(version !== undefined && { version }), ...(decision && { open: decision }) };
  const fresh = version !== undefined || flow.draft;
  const ready = decision?.policy !== "end" || decision.end !== "";
  const path = `${flowPath(name)}/publish`;
  const publish = useAction(
    async () => {
      const kept = pin ? current?.version : undefined;
      const setPin = (to: number) => api.put<unknown>(`${flowPath(name)}/pin`, { version: to });
      // Pinned first, so that nobody begins on the new version in between.
      if (kept) await setPin(kept);
      try {
        const done = await api.post<Published>(path, body);
        return { version: done.version, pinned: kept ?? pinned?.version };
      } catch (error) {
        if (kept) await setPin(0).catch(() => undefined);
        throw error;
      }
    },
    async (done) => {
      notifications.show({ color: "teal", title: t.done(done.version), message: done.pinned ? t.donePinned(done.pinned) : t.doneText });
      onPublished(done.version);
      onClose();
      await client.invalidateQueries({ queryKey: ["/flows"] });
    },
  );
  const tested = useQuery({ queryKey: ["/flows/test", source], queryFn: ({ signal }) => api.post<Schema<"Tested">>("/flows/test", { source }, { signal }), enabled: fresh });
  const dry = useQuery({
    queryKey: [path, body, source],
    queryFn: ({ signal }) => api.post<Published>(path, { ...body, dry_run: true }, { signal }),
    enabled: fresh && ready && !publish.isSuccess,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  if (!fresh) return <Nothing pinned={pinned?.version} name={name} dirty={dirty} onClose={onClose} />;
  return (
    <Stack gap="lg">
      {dirty && <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />}>{t.dirty}</Alert>}
      <Tests tested={tested.data} error={tested.error} />
      <section>
        <Title order={3} mb={4}>{t.open}</Title>
        <Text size="sm" mb="xs">{open > 0 ? t.openNow(open) : t.nobody}</Text>
        {open > 0 && <Decision name={name} versions={flow.versions} states={statesOf(source)} value={wish} onChange={setWish} />}
      </section>
      {!tested.data?.failures?.length && <Impact done={dry.data} error={dry.error} />}
      {current && <Shadow name={name} source={source} />}
      {pinned ? <Unpin name={name} version={pinned.version} /> : current && <Checkbox label={t.pinNow(current.version)} checked={pin} onChange={(event) => { setPinned(event.currentTarget.checked); }} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>{c.cancel}</Button>
        <Button
          loading={publish.isPending}
          disabled={!ready || !dry.isSuccess || dry.isPlaceholderData || !dry.data.changed}
          onClick={() => { publish.mutate(undefined); }}
        >
          {t.publish}
        </Button>
      </Group>
    </Stack>
  );
}

function Nothing({ name, pinned, dirty, onClose }: { name: string; pinned: number | undefined; dirty: boolean; onClose: () => void }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  return (
    <Stack>
      <Text>{dirty ? t.saveFirst : t.nothingNew}</Text>
      {pinned && <Unpin name={name} version={pinned} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>{c.close}</Button>
      </Group>
    </Stack>
  );
}

function Tests({ tested, error }: { tested: Schema<"Tested"> | undefined; error: Error | null }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  return (
    <section>
      <Title order={3} mb={4}>{t.tests}</Title>
      {!tested && !error && <Waiting text={t.testing} />}
      {error && <Failing>{error instanceof ApiError && error.status === 422 ? t.broken : messageOf(error, c.errors)}</Failing>}
      {tested && tested.failures.length === 0 && (
        <Group gap={6} wrap="nowrap">
          {tested.played > 0 && <IconCircleCheck size={18} color="var(--mantine-color-teal-6)" aria-hidden />}
          <Text size="sm" c={tested.played > 0 ? "inherit" : "dimmed"}>{tested.played > 0 ? t.passed(tested.played) : t.noTests}</Text>
        </Group>
      )}
      {tested && tested.failures.length > 0 && (
        <Failing>
          {t.failed(tested.failures.length, tested.played)}
          <List size="sm" mt={4}>
            {tested.failures.map((f, i) => (
              <List.Item key={i}>
                {f.line !== undefined && `${t.line(f.line)} · `}
                {f.text}
              </List.Item>
            ))}
          </List>
        </Failing>
      )}
    </section>
  );
}

function Impact({ done, error }: { done: Published | undefined; error: Error | null }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  return (
    <section aria-live="polite">
      <Title order={3} mb={4}>{t.impact}</Title>
      {!done && !error && <Waiting text={t.looking} />}
      {error && (
        <Failing>
          {messageOf(error, c.errors)}
          {error instanceof ApiError && error.errors.length > 0 && (
            <List size="sm" mt={4}>
              {error.errors.map((e, i) => <List.Item key={i}>{sentence(e.message ?? "")}</List.Item>)}
            </List>
          )}
        </Failing>
      )}
      {done && !error && !done.changed && <Text size="sm">{t.nothingNew}</Text>}
      {done?.changed && !error && (
        done.warnings.length > 0 ? (
          <List size="sm">{done.warnings.map((w, i) => <List.Item key={i}>{sentence(w.text)}</List.Item>)}</List>
        ) : (
          <Text size="sm" c="dimmed">{t.noImpact}</Text>
        )
      )}
    </section>
  );
}

function Failing({ children }: { children: React.ReactNode }) {
  return <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} style={{ overflowWrap: "anywhere" }}>{children}</Alert>;
}

function Waiting({ text }: { text: string }) {
  return (
    <Group gap="xs" role="status">
      <Loader size="xs" aria-hidden />
      <Text size="sm" c="dimmed">{text}</Text>
    </Group>
  );
}

function Unpin({ name, version }: { name: string; version: number }) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const unpin = useAction(() => api.put(`${flowPath(name)}/pin`, { version: 0 }), () => client.invalidateQueries({ queryKey: ["/flows"] }));
  return (
    <Alert color="blue" variant="light" icon={<IconPin size={18} />}>
      <Group justify="space-between">
        <Text size="sm" style={{ flex: 1 }}>{t.isPinned(version)}</Text>
        <Button size="compact-sm" variant="default" loading={unpin.isPending} onClick={() => { unpin.mutate(undefined); }}>{t.unpin}</Button>
      </Group>
    </Alert>
  );
}
