import { Button, Group, Modal, Skeleton, Text } from "@mantine/core";
import { lazy, Suspense, useState } from "react";

import { useTexts } from "../../../i18n";
import type { Kept } from "./keeper";
import { texts } from "./texts";

const Difference = lazy(() => import("./source/Difference"));

interface ConflictProps {
  mine: string;
  theirs: Kept;
  opened: boolean;
  onClose: () => void;
  onMine: () => void;
  onTheirs: () => void;
}

/** Conflict asks what holds when somebody else has edited the flow meanwhile. */
export function Conflict({ mine, theirs, opened, onClose, onMine, onTheirs }: ConflictProps) {
  const t = useTexts(texts);
  const [shown, setShown] = useState(false);
  return (
    <Modal opened={opened} onClose={onClose} title={t.conflictTitle} size={shown ? "90rem" : "lg"}>
      <Text mb="md">{t.conflictText}</Text>
      {shown && (
        <Suspense fallback={<Skeleton height={320} mb="md" />}>
          <Difference before={theirs.source} after={mine} labels={[t.theirs, t.mine]} />
        </Suspense>
      )}
      <Group justify="flex-end">
        {!shown && <Button variant="default" onClick={() => { setShown(true); }}>{t.showDifference}</Button>}
        <Button variant="light" color="red" onClick={onTheirs}>{t.takeTheirs}</Button>
        <Button onClick={onMine}>{t.keepMine}</Button>
      </Group>
    </Modal>
  );
}
