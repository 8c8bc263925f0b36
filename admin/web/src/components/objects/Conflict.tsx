import { Button, Group, Modal, Stack, Text } from "@mantine/core";

import type { Tagged } from "../../api/client";
import { useTexts } from "../../i18n";
import { Changes } from "../Changes";
import { diff } from "../diff";
import type { Stored } from "./api";
import { texts } from "./texts";

/** Clash is what somebody else made of an object while it was edited here. */
export interface Clash {
  /** Undefined when they deleted it. */
  theirs: Tagged<Stored<unknown>> | undefined;
  /** What would be saved. */
  mine: unknown;
}

interface ConflictProps {
  clash: Clash | undefined;
  busy: boolean;
  close: () => void;
  takeTheirs: (theirs: Tagged<Stored<unknown>>) => void;
  saveMine: (over: string | undefined) => void;
}

/** Conflict shows what somebody else has changed meanwhile, and lets choose. */
export function Conflict({ clash, busy, close, takeTheirs, saveMine }: ConflictProps) {
  const t = useTexts(texts);
  const theirs = clash?.theirs;
  return (
    <Modal opened={clash !== undefined} onClose={close} title={t.conflict} size="lg">
      {clash && (
        <Stack>
          <Text>{theirs ? t.conflictText : t.conflictGone}</Text>
          {theirs && <Changes fields={diff(theirs.data.object, clash.mine)} titles={{ field: t.field, before: t.theirVersion, after: t.myVersion }} />}
          <Group justify="flex-end">
            <Button variant="subtle" onClick={close}>{t.goOn}</Button>
            {theirs && <Button variant="default" onClick={() => { takeTheirs(theirs); }}>{t.theirs}</Button>}
            <Button loading={busy} onClick={() => { saveMine(theirs?.etag); }}>{theirs ? t.mine : t.makeAgain}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
