import { ActionIcon, Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDots, IconKey, IconPencil, IconPlayerPause, IconPlayerPlay, IconSend, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "react-router";

import { api } from "../../api/client";
import { confirm, useAction } from "../../components";
import { common, useTexts } from "../../i18n";
import { home, type Endpoint } from "./data";
import { texts } from "./texts";

interface ActionsProps {
  endpoint: Endpoint;
  edit: () => void;
  rotated: (secret: string) => void;
  refresh: () => Promise<void>;
}

/** Actions are what can be done with an event endpoint. */
export function Actions({ endpoint, edit, rotated, refresh }: ActionsProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const navigate = useNavigate();
  const path = `/endpoints/${endpoint.id}`;
  const test = useAction(() => api.post(`${path}/ping`), () => {
    notifications.show({ message: t.testQueued });
    return refresh();
  });
  const rotate = useAction(() => api.post<Endpoint>(`${path}/secret`), (changed) => {
    rotated(changed.secret ?? "");
    return refresh();
  });
  const enable = useAction((disabled: boolean) => api.patch(path, { disabled: !disabled }), refresh);
  const remove = useAction(() => api.del(path), async () => {
    await navigate(home, { replace: true });
    await refresh();
  });
  const ask = async (title: string, text: string, yes: string, act: () => void, danger = false) => {
    if (await confirm({ title, text, confirm: yes, cancel: c.cancel, danger })) act();
  };
  return (
    <>
      {!endpoint.disabled && (
        <Button variant="default" leftSection={<IconSend size={18} />} loading={test.isPending} onClick={() => { test.mutate(undefined); }}>
          {t.test}
        </Button>
      )}
      {endpoint.disabled && (
        <Button leftSection={<IconPlayerPlay size={18} />} loading={enable.isPending} onClick={() => { enable.mutate(true); }}>
          {t.enable}
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t.actionsOf(endpoint.name)}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={edit}>
            {t.edit}
          </Menu.Item>
          <Menu.Item leftSection={<IconKey size={16} />} onClick={() => void ask(t.rotate, t.rotateText, t.rotate, () => { rotate.mutate(undefined); })}>
            {t.rotate}
          </Menu.Item>
          {!endpoint.disabled && (
            <Menu.Item leftSection={<IconPlayerPause size={16} />} onClick={() => void ask(t.disable, t.disableText, t.disable, () => { enable.mutate(false); })}>
              {t.disable}
            </Menu.Item>
          )}
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => void ask(t.removeTitle(endpoint.name), t.removeText, t.remove, () => { remove.mutate(undefined); }, true)}>
            {t.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
