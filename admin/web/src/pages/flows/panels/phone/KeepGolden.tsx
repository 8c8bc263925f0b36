import { Button, Code, Modal, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { common, useTexts } from "../../../../i18n";
import { goldenOf, type World } from "./lines";
import { texts } from "./texts";

interface KeepGoldenProps {
  opened: boolean;
  onClose: () => void;
  script: string;
  world: World;
  onKeep: (script: string) => void;
}

/** KeepGolden names a rehearsal and keeps it as a golden conversation. */
export function KeepGolden({ opened, onClose, script, world, onKeep }: KeepGoldenProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const [name, setName] = useState("");
  const keep = () => {
    onKeep(goldenOf(name, script, world));
    setName("");
    onClose();
  };
  return (
    <Modal closeButtonProps={{ "aria-label": c.close }} opened={opened} onClose={onClose} title={t.keep}>
      <form onSubmit={(event) => { event.preventDefault(); if (name.trim()) keep(); }}>
        <Stack>
          <Text size="sm">{t.keepText}</Text>
          <TextInput label={t.keepName} placeholder={t.keepExample} data-autofocus value={name} onChange={(event) => { setName(event.currentTarget.value); }} />
          <ScrollArea.Autosize mah="16rem">
            <Code block>{goldenOf(name || "…", script, world)}</Code>
          </ScrollArea.Autosize>
          <Button type="submit" disabled={!name.trim()}>{t.keepIt}</Button>
        </Stack>
      </form>
    </Modal>
  );
}
