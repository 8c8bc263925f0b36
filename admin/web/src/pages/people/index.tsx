import { Avatar, Badge, Button, Group, Modal, Text } from "@mantine/core";
import { IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useCursorList } from "../../api/lists";
import { useMe } from "../../api/session";
import type { Person, Role } from "../../api/types";
import { EmptyState, Page, RelativeTime, Secret, VirtualTable, type Column } from "../../components";
import { common, useTexts } from "../../i18n";
import { Actions } from "./Actions";
import { EditForm, InviteForm } from "./forms";
import { texts } from "./texts";

type Dialog = { kind: "invite" } | { kind: "edit"; person: Person } | { kind: "link"; name: string; link: string };

/** People lists who has an account, invites and changes them. */
export default function People() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const [dialog, setDialog] = useState<Dialog>();
  const list = useCursorList<Person>("/users");
  const refresh = () => client.invalidateQueries({ queryKey: ["/users"] });
  const showLink = (name: string, link = "") => { setDialog({ kind: "link", name, link }); };
  const columns = useColumns((person) => (
    <Actions person={person} edit={() => { setDialog({ kind: "edit", person }); }} showLink={(link) => { showLink(person.name, link); }} />
  ));
  return (
    <Page
      title={t.title}
      description={t.description}
      actions={
        <Button leftSection={<IconUserPlus size={18} />} onClick={() => { setDialog({ kind: "invite" }); }}>
          {t.invite}
        </Button>
      }
    >
      <VirtualTable
        label={t.title}
        list={list}
        columns={columns}
        rowKey={(person) => person.id}
        rowHeight={64}
        empty={<EmptyState icon={<IconUsers size={26} />} title={t.emptyTitle} />}
      />
      <Modal opened={dialog !== undefined} onClose={() => { setDialog(undefined); }} title={dialog && titleOf(dialog, t)}>
        {dialog?.kind === "invite" && <InviteForm done={(person) => { showLink(person.name, person.link); return refresh(); }} />}
        {dialog?.kind === "edit" && <EditForm person={dialog.person} done={() => { setDialog(undefined); return refresh(); }} />}
        {dialog?.kind === "link" && <LinkShown link={dialog.link} />}
      </Modal>
    </Page>
  );
}

function titleOf(dialog: Dialog, t: { inviteTitle: string; editTitle: (name: string) => string; linkTitle: (name: string) => string }): string {
  switch (dialog.kind) {
    case "invite":
      return t.inviteTitle;
    case "edit":
      return t.editTitle(dialog.person.name);
    case "link":
      return t.linkTitle(dialog.name);
  }
}

function LinkShown({ link }: { link: string }) {
  const t = useTexts(texts);
  return (
    <>
      <Text size="sm" mb="md">
        {t.linkText}
      </Text>
      <Secret value={link} label={t.link} />
    </>
  );
}

function useColumns(actions: (person: Person) => React.ReactNode): Column<Person>[] {
  const t = useTexts(texts);
  const c = useTexts(common);
  return [
    { key: "person", title: t.person, render: (person) => <Who person={person} /> },
    { key: "role", title: c.role, width: "7rem", render: (person) => c.roles[person.role as Role] },
    { key: "programs", title: c.programs, width: "11rem", wideOnly: true, render: (person) => person.programs.join(", ") || <Text span inherit c="dimmed">{c.allPrograms}</Text> },
    { key: "state", title: t.state, width: "11rem", wideOnly: true, render: (person) => <State person={person} /> },
    { key: "since", title: t.since, width: "9rem", wideOnly: true, render: (person) => <RelativeTime at={person.created_at} /> },
    { key: "actions", title: "", width: "4.5rem", align: "right", render: actions },
  ];
}

function Who({ person }: { person: Person }) {
  const t = useTexts(texts);
  const me = useMe();
  return (
    <Group wrap="nowrap" gap="sm">
      <Avatar name={person.name} color="initials" size={36} aria-hidden />
      <div style={{ minWidth: 0 }}>
        <Group gap={6} wrap="nowrap">
          <Text size="sm" fw={550} truncate>
            {person.name}
          </Text>
          {person.email === me.email && (
            <Badge size="sm" color="gray" style={{ flexShrink: 0 }}>
              {t.you}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" truncate>
          {person.email}
        </Text>
      </div>
    </Group>
  );
}

function State({ person }: { person: Person }) {
  const t = useTexts(texts);
  return (
    <Group gap={6} wrap="nowrap">
      {person.disabled ? <Badge color="red">{t.disabled}</Badge> : person.invited ? <Badge color="yellow">{t.invited}</Badge> : <Badge color="teal">{t.active}</Badge>}
      {person.totp && <Badge color="petrol">{t.totp}</Badge>}
    </Group>
  );
}
