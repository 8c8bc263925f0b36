import { Group, Text } from "@mantine/core";

/** Logo is the mark and the name. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <Group gap={10} wrap="nowrap">
      <img src="/icon.svg" width={size} height={size} alt="" />
      <Text fw={650} fz={size * 0.64} lh={1} style={{ letterSpacing: "-0.015em" }}>
        Repartee
      </Text>
    </Group>
  );
}
