import { ActionIcon, Group, Menu, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconDeviceDesktop, IconLanguage, IconMoon, IconSun } from "@tabler/icons-react";

import { languages, useLanguage, useTexts, type Language } from "../i18n";
import { texts } from "./texts";

const schemes = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop } as const;

/** SchemeItems choose light or dark. */
export function SchemeItems() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const t = useTexts(texts);
  return (Object.keys(schemes) as (keyof typeof schemes)[]).map((scheme) => {
    const Icon = schemes[scheme];
    return (
      <Menu.Item
        key={scheme}
        leftSection={<Icon size={16} />}
        rightSection={colorScheme === scheme && <IconCheck size={16} />}
        onClick={() => { setColorScheme(scheme); }}
      >
        {t.schemes[scheme]}
      </Menu.Item>
    );
  });
}

/** LanguageItems choose the language. */
export function LanguageItems() {
  const { language, setLanguage } = useLanguage();
  return (Object.keys(languages) as Language[]).map((key) => (
    <Menu.Item key={key} lang={key} rightSection={language === key && <IconCheck size={16} />} onClick={() => { setLanguage(key); }}>
      {languages[key]}
    </Menu.Item>
  ));
}

/** Preferences are the choices of somebody who is not signed in. */
export function Preferences() {
  const t = useTexts(texts);
  return (
    <Group gap="xs">
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.language}>
            <IconLanguage size={20} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <LanguageItems />
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.theme}>
            <IconSun size={20} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <SchemeItems />
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
