import { Card, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** Part is one matter of the account. */
export function Part({ title, text, aside, children }: { title: string; text: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <Card component="section" aria-label={title}>
      <Group justify="space-between" align="flex-start">
        <Title order={2}>{title}</Title>
        {aside}
      </Group>
      <Text c="dimmed" size="sm" mb="md">
        {text}
      </Text>
      {children}
    </Card>
  );
}
