import { Card, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

import { Logo } from "./Logo";
import { Preferences } from "./Preferences";
import classes from "./shell.module.css";

/** Plain is the frame of the pages for those who are not signed in. */
export function Plain({ title, description, children }: { title: string; description?: string; children: ReactNode }) {
  useDocumentTitle(`${title} · Repartee`);
  return (
    <div className={classes.plain}>
      <header className={classes.plainTop}>
        <Preferences />
      </header>
      <main className={classes.plainBody}>
        <Logo size={34} />
        <Card className={classes.plainCard ?? ""} padding="xl" radius="lg">
          <Stack gap="lg">
            <div>
              <Title order={1}>{title}</Title>
              {description && (
                <Text c="dimmed" mt={4}>
                  {description}
                </Text>
              )}
            </div>
            {children}
          </Stack>
        </Card>
      </main>
    </div>
  );
}
