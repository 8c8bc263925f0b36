import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, IconLink, IconPencil, IconShieldOff, IconUserCheck, IconUserOff } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";

import { api } from "../../api/client";
import type { Person } from "../../api/types";
import { confirm, useAction } from "../../components";
import { common, useTexts } from "../../i18n";
import { texts } from "./texts";

interface ActionsProps {
  person: Person;
  edit: () => void;
  showLink: (link: string) => void;
}

/** Actions is what can be done with somebody's account. */
export function Actions({ person, edit, showLink }: ActionsProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const client = useQueryClient();
  const change = useAction(
    (changes: { disabled?: boolean; totp?: false }) => api.patch(`/users/${person.id}`, changes),
    () => client.invalidateQueries({ queryKey: ["/users"] }),
  );
  const link = useAction(() => api.post<{ link: string }>(`/users/${person.id}/link`), (made) => { showLink(made.link); });
  const sure = async (action: string, text: string, changes: { disabled?: boolean; totp?: false }) => {
    if (await confirm({ title: action, text, confirm: action, cancel: c.cancel, danger: true })) change.mutate(changes);
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t.actionsOf(person.name)}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={edit}>
          {t.edit}
        </Menu.Item>
        {!person.disabled && (
          <Menu.Item leftSection={<IconLink size={16} />} onClick={() => { link.mutate(undefined); }}>
            {t.newLink}
          </Menu.Item>
        )}
        {person.totp && (
          <Menu.Item leftSection={<IconShieldOff size={16} />} onClick={() => void sure(t.dropTotp, t.dropTotpText(person.name), { totp: false })}>
            {t.dropTotp}
          </Menu.Item>
        )}
        {person.disabled ? (
          <Menu.Item leftSection={<IconUserCheck size={16} />} onClick={() => { change.mutate({ disabled: false }); }}>
            {t.enable}
          </Menu.Item>
        ) : (
          <Menu.Item color="red" leftSection={<IconUserOff size={16} />} onClick={() => void sure(t.disable, t.disableText(person.name), { disabled: true })}>
            {t.disable}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
