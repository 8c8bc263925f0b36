import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";

import { common, useTexts } from "../i18n";

interface SkeletonsProps {
  count?: number;
  /** As high as what comes, so that nothing moves when it does. */
  height: number;
  gap?: number;
}

/** Skeletons hold the place of what is being read. */
export function Skeletons({ count = 6, height, gap = 8 }: SkeletonsProps) {
  const t = useTexts(common);
  return (
    <Stack gap={gap} aria-busy="true">
      <VisuallyHidden role="status">{t.loading}</VisuallyHidden>
      {Array.from({ length: count }, (_, i) => (
        <Skeleton key={i} height={height} />
      ))}
    </Stack>
  );
}
