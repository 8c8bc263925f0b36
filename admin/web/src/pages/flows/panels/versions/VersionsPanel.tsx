import { ActionIcon, Badge, Button, Card, Group, Menu, Modal, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconDots, IconHistory } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { api } from "../../../../api/client";
import { useMay } from "../../../../api/session";
import { confirm, EmptyState, ErrorState, RelativeTime, Skeletons, useAction } from "../../../../components";
import { common, useTexts } from "../../../../i18n";
import { PublishDialog } from "../publish/PublishDialog";
import { flowPath, releaseQuery, useFlow, type Version } from "../queries";
import type { View } from "./Diff";
import { texts } from "./texts";

const views: View[] = ["changes", "all", "source"];
const Diff = lazy(() => import("./Diff"));

interface VersionsPanelProps {
  name: string;
  /** What is edited, to compare with. */
  source: string;
  /** Takes the source of a version into the editor. */
  onRestore: (source: string) => void;
}

/** VersionsPanel lists the versions of a flow, compares them, and goes back to one. */
export function VersionsPanel({ name, source, onRestore }: VersionsPanelProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const flow = useFlow(name);
  const [compared, setCompared] = useState<number>();
  const [again, setAgain] = useState<number>();
  if (flow.error) return <ErrorState error={flow.error} retry={() => void flow.refetch()} />;
  if (flow.isPending) return <Skeletons height={72} count={4} />;
  const versions = flow.data.versions.filter((v) => v.state !== "draft").toReversed();
  if (versions.length === 0) return <EmptyState icon={<IconHistory size={26} />} title={t.none}>{t.noneText}</EmptyState>;
  return (
    <>
      <Stack component="ol" gap="xs" m={0} p="sm" style={{ listStyle: "none" }} aria-label={t.title}>
        {versions.map((version) => (
          <Entry
            key={version.version}
            name={name}
            version={version}
            onCompare={() => { setCompared(version.version); }}
            onAgain={() => { setAgain(version.version); }}
            onRestore={onRestore}
          />
        ))}
      </Stack>
      <Modal closeButtonProps={{ "aria-label": c.close }} opened={compared !== undefined} onClose={() => { setCompared(undefined); }} size="80rem" title={compared && t.compareOf(compared)}>
        {compared && <Comparison name={name} version={compared} source={source} />}
      </Modal>
      <PublishDialog name={name} version={again} opened={again !== undefined} onClose={() => { setAgain(undefined); }} onPublished={() => undefined} dirty={false} />
    </>
  );
}

interface EntryProps {
  name: string;
  version: Version;
  onCompare: () => void;
  onAgain: () => void;
  onRestore: (source: string) => void;
}

function Entry({ name, version, onCompare, onAgain, onRestore }: EntryProps) {
  const t = useTexts(texts);
  return (
    <Card component="li" padding="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Stack gap={2}>
          <Group gap={6}>
            <Text size="sm" fw={550}>{t.version(version.version)}</Text>
            <Badge color={version.state === "published" ? "teal" : "gray"}>{t.states[version.state]}</Badge>
            {version.pinned && <Badge color="blue">{t.pinned}</Badge>}
          </Group>
          <Text size="xs" c="dimmed">
            {version.published_at && <RelativeTime at={version.published_at} />} {version.published_by && t.by(version.published_by)}
          </Text>
          {version.open > 0 && <Text size="xs">{t.open(version.open)}</Text>}
        </Stack>
        <Group gap={4} wrap="nowrap">
          <Button size="compact-sm" variant="default" aria-label={t.compareOf(version.version)} onClick={onCompare}>{t.compare}</Button>
          <Actions name={name} version={version} onAgain={onAgain} onRestore={onRestore} />
        </Group>
      </Group>
    </Card>
  );
}

function Actions({ name, version, onAgain, onRestore }: Omit<EntryProps, "onCompare">) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const client = useQueryClient();
  const mayEdit = useMay("edit");
  const number = version.version;
  const restore = useAction(() => client.fetchQuery(releaseQuery(name, number)), onRestore);
  const pin = useAction((to: number) => api.put(`${flowPath(name)}/pin`, { version: to }), () => client.invalidateQueries({ queryKey: ["/flows"] }));
  if (!mayEdit) return null;
  const askRestore = async () => {
    if (await confirm({ title: t.restoreOf(number), text: t.restoreText(number), confirm: t.restore, cancel: c.cancel })) restore.mutate(undefined);
  };
  const askPin = async () => {
    if (await confirm({ title: t.pinOf(number), text: t.pinText(number), confirm: t.pin, cancel: c.cancel })) pin.mutate(number);
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t.actionsOf(number)} loading={restore.isPending || pin.isPending}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void askRestore()}>{t.restore}</Menu.Item>
        {version.state === "retired" && <Menu.Item onClick={onAgain}>{t.again}</Menu.Item>}
        {version.pinned ? <Menu.Item onClick={() => { pin.mutate(0); }}>{t.unpin}</Menu.Item> : <Menu.Item onClick={() => void askPin()}>{t.pin}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}

function Comparison({ name, version, source }: { name: string; version: number; source: string }) {
  const t = useTexts(texts);
  const found = useQuery(releaseQuery(name, version));
  const [view, setView] = useState<View>("changes");
  if (found.error) return <ErrorState error={found.error} retry={() => void found.refetch()} />;
  if (found.isPending) return <Skeletons height={20} count={12} />;
  const same = found.data === source;
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">{same ? t.same : view !== "source" && t.left(version)}</Text>
        {!same && <SegmentedControl size="xs" aria-label={t.view} data={views.map((value) => ({ value, label: t.views[value] }))} value={view} onChange={setView} />}
      </Group>
      <Suspense fallback={<Skeletons height={20} count={12} />}>
        <Diff before={found.data} after={source} label={t.compareOf(version)} unchanged={t.unchanged} view={same ? "source" : view} />
      </Suspense>
    </Stack>
  );
}
