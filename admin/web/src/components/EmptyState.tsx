import { Center, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  /** What would be here, and how it comes here. */
  children?: ReactNode;
  action?: ReactNode;
}

/** EmptyState stands where a list has nothing to show. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <Center py={56} px="md">
      <Stack align="center" gap="xs" maw="26rem" ta="center">
        <ThemeIcon variant="light" size={52} radius="xl" mb="xs" aria-hidden>
          {icon}
        </ThemeIcon>
        <Title order={2}>{title}</Title>
        {children && <Text c="dimmed">{children}</Text>}
        {action && <div style={{ marginTop: "0.75rem" }}>{action}</div>}
      </Stack>
    </Center>
  );
}
