import { Avatar, Group, Menu, Text, UnstyledButton } from "@mantine/core";
import { IconLogout, IconSelector, IconUserCircle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { api } from "../api/client";
import { signedOutNow, useMe } from "../api/session";
import type { Role } from "../api/types";
import { useAction } from "../components/useAction";
import { common, useTexts } from "../i18n";
import { LanguageItems, SchemeItems } from "./Preferences";
import classes from "./shell.module.css";
import { texts } from "./texts";

/** UserMenu says who is signed in, and has what concerns them. */
export function UserMenu({ onOpen }: { onOpen: () => void }) {
  const me = useMe();
  const t = useTexts(texts);
  const c = useTexts(common);
  const client = useQueryClient();
  const signOut = useAction(() => api.del("/session"), () => { signedOutNow(client); });
  return (
    <Menu position="top-start" width="target" offset={8}>
      <Menu.Target>
        <UnstyledButton className={classes.user}>
          <Group wrap="nowrap" gap="sm">
            <Avatar name={me.name} color="initials" size={34} aria-hidden />
            <div className={classes.userName}>
              <Text size="sm" fw={550} truncate>
                {me.name}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                {c.roles[me.role as Role]}
              </Text>
            </div>
            <IconSelector size={16} aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconUserCircle size={16} />} component={Link} to="/account" onClick={onOpen}>
          {t.account}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t.theme}</Menu.Label>
        <SchemeItems />
        <Menu.Divider />
        <Menu.Label>{t.language}</Menu.Label>
        <LanguageItems />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => { signOut.mutate(undefined); }}>
          {t.signOut}
        </Menu.Item>
        <Menu.Label>{t.version(me.version)}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}
