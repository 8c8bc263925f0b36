import { Button, Modal, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import { common, useTexts } from "../../../../i18n";
import { goldenOf, linesOf, type World } from "./lines";
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
  return (
    <Modal closeButtonProps={{ "aria-label": c.close }} opened={opened} onClose={onClose} size="lg" title={t.keep}>
      {opened && <Form lines={linesOf(script, world)} onKeep={(golden) => { onKeep(golden); onClose(); }} />}
    </Modal>
  );
}

function Form({ lines, onKeep }: { lines: string; onKeep: (golden: string) => void }) {
  const t = useTexts(texts);
  const [name, setName] = useState("");
  const [text, setText] = useState(lines);
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (name.trim()) onKeep(goldenOf(name, text)); }}>
      <Stack>
        <Text size="sm">{t.keepText}</Text>
        <TextInput label={t.keepName} placeholder={t.keepExample} data-autofocus value={name} onChange={(event) => { setName(event.currentTarget.value); }} />
        <Textarea
          label={t.keepLines}
          autosize
          maxRows={14}
          spellCheck={false}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "var(--mantine-font-size-xs)" } }}
          value={text}
          onChange={(event) => { setText(event.currentTarget.value); }}
        />
        <Button type="submit" disabled={!name.trim()}>{t.keepIt}</Button>
      </Stack>
    </form>
  );
}
