import { Badge, Button, Code, Modal, Text, Tooltip } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../../api/client";
import { useCursorList } from "../../api/lists";
import type { Key, Role } from "../../api/types";
import { confirm, EmptyState, Page, RelativeTime, Secret, useAction, useNow, VirtualTable, type Column } from "../../components";
import { common, useFormat, useTexts } from "../../i18n";
import { KeyForm } from "./KeyForm";
import { texts } from "./texts";

/** Keys lists the keys of programs, makes and revokes them. */
export default function Keys() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const [dialog, setDialog] = useState<"new" | Key>();
  const list = useCursorList<Key>("/keys");
  const columns = useColumns();
  const make = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => { setDialog("new"); }}>
      {t.make}
    </Button>
  );
  const made = typeof dialog === "object" ? dialog : undefined;
  return (
    <Page title={t.title} description={t.description} actions={list.items.length > 0 && make}>
      <VirtualTable
        label={t.title}
        list={list}
        columns={columns}
        rowKey={(key) => key.id}
        rowHeight={64}
        empty={
          <EmptyState icon={<IconKey size={26} />} title={t.emptyTitle} action={make}>
            {t.emptyText}
          </EmptyState>
        }
      />
      <Modal opened={dialog !== undefined} onClose={() => { setDialog(undefined); }} title={made ? t.madeTitle(made.name) : t.makeTitle}>
        {dialog === "new" && <KeyForm done={(key) => { setDialog(key); return client.invalidateQueries({ queryKey: ["/keys"] }); }} />}
        {made && <Made secret={made.key ?? ""} />}
      </Modal>
    </Page>
  );
}

function Made({ secret }: { secret: string }) {
  const t = useTexts(texts);
  return (
    <>
      <Secret value={secret} label={t.key} />
      <Text size="sm" mt="md">
        {t.sentAs} <Code>Authorization: Bearer {secret.slice(0, 6)}…</Code>
      </Text>
    </>
  );
}

function useColumns(): Column<Key>[] {
  const t = useTexts(texts);
  const c = useTexts(common);
  return [
    { key: "name", title: c.name, render: (key) => <Named value={key} /> },
    { key: "role", title: c.role, width: "8rem", wideOnly: true, render: (key) => c.roles[key.role as Role] },
    { key: "programs", title: c.programs, width: "11rem", wideOnly: true, render: (key) => key.programs.join(", ") || <Text span inherit c="dimmed">{c.allPrograms}</Text> },
    { key: "state", title: t.state, width: "7rem", render: (key) => <State value={key} /> },
    { key: "used", title: t.used, width: "9rem", wideOnly: true, render: (key) => (key.used_at ? <RelativeTime at={key.used_at} /> : c.never) },
    { key: "by", title: t.madeBy, width: "12rem", wideOnly: true, render: (key) => key.created_by },
    { key: "revoke", title: "", width: "7rem", align: "right", render: (key) => <Revoke value={key} /> },
  ];
}

function Named({ value }: { value: Key }) {
  return (
    <>
      <Text size="sm" fw={550} truncate>
        {value.name}
      </Text>
      <Text size="xs" c="dimmed" ff="monospace">
        {value.hint}…
      </Text>
    </>
  );
}

function State({ value }: { value: Key }) {
  const t = useTexts(texts);
  const format = useFormat();
  const now = useNow();
  if (value.revoked_at) return <Badge color="red">{t.revoked}</Badge>;
  if (value.expires_at && Date.parse(value.expires_at) <= now) return <Badge color="gray">{t.expired}</Badge>;
  return (
    <Tooltip label={value.expires_at ? t.until(format.date(value.expires_at)) : t.always}>
      <Badge color="teal">{t.active}</Badge>
    </Tooltip>
  );
}

function Revoke({ value }: { value: Key }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const client = useQueryClient();
  const revoke = useAction(() => api.del(`/keys/${value.id}`), () => client.invalidateQueries({ queryKey: ["/keys"] }));
  if (value.revoked_at) return null;
  const ask = async () => {
    if (await confirm({ title: t.revokeOf(value.name), text: t.revokeText(value.name), confirm: t.revoke, cancel: c.cancel, danger: true })) revoke.mutate(undefined);
  };
  return (
    <Button variant="subtle" color="red" size="compact-sm" loading={revoke.isPending} aria-label={t.revokeOf(value.name)} onClick={() => void ask()}>
      {t.revoke}
    </Button>
  );
}
