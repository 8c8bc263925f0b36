import { ActionIcon, Group, NativeSelect, TextInput } from "@mantine/core";
import { IconSend2 } from "@tabler/icons-react";
import { useState, type FormEvent, type Ref } from "react";

import { useTexts } from "../../../../i18n";
import { texts } from "./texts";

/** lineOf is the line for what somebody typed as a phone, a group of the staff, or as a line itself. */
const lineOf = (as: string, text: string) => (as === "phone" ? `> ${text}` : as === "line" ? text : `${as}> ${text}`);

/** Composer sends texts, of the phone or of the staff. */
export function Composer({ groups, onLine, input }: { groups: string[]; onLine: (line: string) => void; input: Ref<HTMLInputElement> }) {
  const t = useTexts(texts);
  const [as, setAs] = useState("phone");
  const [text, setText] = useState("");
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!text.trim()) return;
    onLine(lineOf(as, text.trim()));
    setText("");
  };
  const senders = [{ value: "phone", label: t.phone }, ...groups.map((group) => ({ value: group, label: group })), { value: "line", label: t.line }];
  return (
    <form onSubmit={send}>
      <Group gap={6} wrap="nowrap">
        <NativeSelect aria-label={t.as} data={senders} value={as} w="7.5rem" onChange={(event) => { setAs(event.currentTarget.value); }} />
        <TextInput
          ref={input}
          aria-label={as === "line" ? t.lineText : t.text}
          placeholder={as === "line" ? "$ result issue empty" : t.text}
          value={text}
          onChange={(event) => { setText(event.currentTarget.value); }}
          autoComplete="off"
          style={{ flex: 1 }}
        />
        <ActionIcon type="submit" size={36} aria-label={t.send} disabled={!text.trim()}>
          <IconSend2 size={18} />
        </ActionIcon>
      </Group>
    </form>
  );
}
