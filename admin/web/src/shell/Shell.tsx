import { AppShell, Burger, Group, ScrollArea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useNavigation } from "react-router";

import { useEvents } from "../api/live";
import { useTexts } from "../i18n";
import { Logo } from "./Logo";
import { Navigation } from "./Navigation";
import classes from "./shell.module.css";
import { texts } from "./texts";
import { UserMenu } from "./UserMenu";

/** Shell stands around the pages: the navigation, and who is signed in. */
export function Shell() {
  const [open, { toggle, close }] = useDisclosure();
  const t = useTexts(texts);
  useEvents();
  const moving = useNavigation().state !== "idle";
  return (
    <AppShell
      layout="alt"
      header={{ height: { base: 56, sm: 0 } }}
      navbar={{ width: 248, breakpoint: "sm", collapsed: { mobile: !open } }}
      padding={0}
      classNames={{ main: classes.main ?? "", navbar: classes.navbar ?? "", header: classes.header ?? "" }}
    >
      <a className={classes.skip} href="#content">
        {t.skip}
      </a>
      {moving && <div className={classes.moving} role="progressbar" aria-label={t.navigation} />}
      <AppShell.Header hiddenFrom="sm">
        <Group h="100%" px="md" justify="space-between">
          <Logo size={26} />
          <Burger opened={open} onClick={toggle} size="sm" aria-label={open ? t.closeMenu : t.openMenu} aria-expanded={open} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={t.navigation} p="sm">
        <Group justify="space-between" className={classes.brand}>
          <Logo />
          <Burger hiddenFrom="sm" opened onClick={close} size="sm" aria-label={t.closeMenu} />
        </Group>
        <AppShell.Section grow component={ScrollArea}>
          <Navigation onOpen={close} />
        </AppShell.Section>
        <AppShell.Section>
          <UserMenu onOpen={close} />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
