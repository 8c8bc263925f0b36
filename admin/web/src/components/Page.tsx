import { Box, Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

interface PageProps {
  title: string;
  /** One sentence on what the page is for. */
  description?: string;
  /** Buttons beside the title. */
  actions?: ReactNode;
  /** Where the page belongs, such as a link to its list. */
  above?: ReactNode;
  /** Uses the whole width, and leaves the height to what is in it (tables, canvases). */
  wide?: boolean;
  children: ReactNode;
}

/** Page is the frame of a page: its title, what can be done, and what it shows. */
export function Page({ title, description, actions, above, wide = false, children }: PageProps) {
  useDocumentTitle(`${title} · Repartee`);
  return (
    <Box className={wide ? "page page-wide" : "page"}>
      <Group justify="space-between" align="flex-start" gap="md" mb="lg">
        <Stack gap={2} style={{ flex: "1 1 18rem", minWidth: 0 }}>
          {above && <div>{above}</div>}
          <Title order={1}>{title}</Title>
          {description && (
            <Text c="dimmed" maw="44rem">
              {description}
            </Text>
          )}
        </Stack>
        {actions && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Box>
  );
}
