import { Card, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./home.module.css";

interface PartProps {
  title: string;
  note?: string;
  wide?: boolean;
  children: ReactNode;
}

/** Part is a card with a heading. */
export function Part({ title, note, wide, children }: PartProps) {
  return (
    <Card component="section" className={wide ? (classes.wide ?? "") : ""}>
      <Title order={2} mb={note ? 0 : "sm"}>{title}</Title>
      {note && <Text size="xs" c="dimmed" mb="sm">{note}</Text>}
      {children}
    </Card>
  );
}
