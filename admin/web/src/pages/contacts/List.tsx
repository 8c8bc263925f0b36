import { Badge, Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconAddressBook, IconPlus, IconSearch, IconTag } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate } from "react-router";

import { useCursorList } from "../../api/lists";
import { useMay } from "../../api/session";
import type { Contact } from "../../api/types";
import { EmptyState, Page, Phone, RelativeTime, VirtualTable, type Column } from "../../components";
import { common, useTexts } from "../../i18n";
import { NewContact } from "./NewContact";
import { texts } from "./texts";

/** List lists people by their phones. */
export function List() {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const changes = useMay("change-people");
  const [typed, setTyped] = useState({ search: "", tag: "" });
  const [{ search, tag }] = useDebouncedValue(typed, 250);
  const [adding, { open, close }] = useDisclosure();
  const list = useCursorList<Contact>("/contacts", { search: phoneOr(search), tag: tag.trim() }, { limit: 100 });
  const filtered = Boolean(search.trim() || tag.trim());
  const add = changes && (
    <Button leftSection={<IconPlus size={18} />} onClick={open}>
      {t.add}
    </Button>
  );
  return (
    <Page title={t.title} description={t.description} actions={add}>
      <Group role="search" mb="md" gap="sm">
        <TextInput
          aria-label={t.search}
          placeholder={t.search}
          title={t.searchHint}
          type="search"
          autoComplete="off"
          leftSection={<IconSearch size={16} />}
          style={{ flex: "2 1 14rem" }}
          value={typed.search}
          onChange={(event) => { setTyped({ ...typed, search: event.currentTarget.value }); }}
        />
        <TextInput
          aria-label={t.tag}
          placeholder={t.tag}
          title={t.tagHint}
          autoComplete="off"
          leftSection={<IconTag size={16} />}
          style={{ flex: "1 1 9rem" }}
          value={typed.tag}
          onChange={(event) => { setTyped({ ...typed, tag: event.currentTarget.value }); }}
        />
      </Group>
      <VirtualTable
        label={t.title}
        list={list}
        columns={useColumns()}
        rowKey={(contact) => contact.msisdn}
        onOpen={(contact) => void navigate(`/contacts/${contact.msisdn}`)}
        height="calc(100dvh - 18rem)"
        empty={
          <EmptyState icon={<IconAddressBook size={26} />} title={filtered ? t.nobodyTitle : t.emptyTitle}>
            {filtered ? t.nobodyText : t.emptyText}
          </EmptyState>
        }
      />
      <Modal opened={adding} onClose={close} title={t.add}>
        <NewContact />
      </Modal>
    </Page>
  );
}

/** phoneOr takes the signs out of what begins a phone, and leaves names alone. */
function phoneOr(search: string): string {
  const digits = search.replaceAll(/[\s+().-]/g, "");
  return /^\d+$/.test(digits) ? digits : search.trim();
}

function useColumns(): Column<Contact>[] {
  const t = useTexts(texts);
  const c = useTexts(common);
  return [
    { key: "phone", title: c.phone, width: "11rem", render: ({ msisdn }) => <Phone number={msisdn} fw={550} /> },
    { key: "name", title: t.name, render: (contact) => <Text size="sm" truncate>{[contact.first_name, contact.last_name].filter(Boolean).join(" ")}</Text> },
    { key: "tags", title: t.tags, wideOnly: true, render: ({ tags }) => <Tags tags={tags ?? []} /> },
    { key: "language", title: t.language, width: "7rem", wideOnly: true, render: ({ language }) => language },
    { key: "last", title: t.lastText, width: "9rem", wideOnly: true, render: ({ last_mo }) => (last_mo ? <RelativeTime at={last_mo} /> : c.never) },
  ];
}

function Tags({ tags }: { tags: string[] }) {
  return (
    <Group gap={4} wrap="nowrap">
      {tags.slice(0, 3).map((tag) => <Badge key={tag} color="gray" size="sm">{tag}</Badge>)}
      {tags.length > 3 && <Text span size="xs" c="dimmed">+{tags.length - 3}</Text>}
    </Group>
  );
}
