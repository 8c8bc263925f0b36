import { NavLink as Item, Stack, Text } from "@mantine/core";
import { NavLink } from "react-router";

import { useMe } from "../api/session";
import { useLanguage, useTexts } from "../i18n";
import { pages as all, pagesFor, sections, type Entry } from "./pages";
import classes from "./shell.module.css";
import { texts } from "./texts";

/** Navigation leads to the pages that who is signed in may open. */
export function Navigation({ onOpen, pages = all }: { onOpen: () => void; pages?: Entry[] }) {
  const me = useMe();
  const { language } = useLanguage();
  const t = useTexts(texts);
  return (
    <Stack gap="lg">
      {sections.map((section) => {
        const entries = pagesFor(me, pages).filter((entry) => entry.section === section);
        if (entries.length === 0) return null;
        return (
          <div key={section}>
            {t.sections[section] && (
              <Text className={classes.section} component="h2">
                {t.sections[section]}
              </Text>
            )}
            {entries.map(({ path, icon: Icon, title }) => (
              <Item
                key={path}
                className={classes.item ?? ""}
                renderRoot={(props) => <NavLink to={path} {...props} />}
                leftSection={<Icon size={19} stroke={1.7} aria-hidden />}
                label={title[language]}
                onClick={onOpen}
              />
            ))}
          </div>
        );
      })}
    </Stack>
  );
}
