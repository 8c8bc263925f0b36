import { ActionIcon, Button, Card, Group, Select, Text, Textarea, Title } from "@mantine/core";
import { IconSend2, IconX } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../../api/client";
import type { List, PhoneText } from "../../api/types";
import { Phone, phoneText, useAction } from "../../components";
import { useTexts } from "../../i18n";
import classes from "./phones.module.css";
import type { VirtualPhone } from "./phones";
import { texts } from "./texts";
import { Transcript } from "./Transcript";

/** How often a phone looks for texts, in milliseconds. */
const lookEach = 1000;

interface HandsetProps {
  phone: VirtualPhone;
  codes: string[];
  onText: () => void;
  onRemove: () => void;
}

/** Handset is one phone: its texts, and what to text next. */
export function Handset({ phone, codes, onText, onRemove }: HandsetProps) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const [chosen, setChosen] = useState(codes[0] ?? "");
  const code = codes.includes(chosen) ? chosen : (codes[0] ?? "");
  const path = `/phones/${phone.number}/messages`;
  const transcript = useQuery({
    queryKey: [path, phone.carrier],
    queryFn: ({ signal }) => api.get<List<PhoneText>>(path, { query: { carrier: phone.carrier }, signal }),
    refetchInterval: lookEach,
  });
  const text = useAction(
    (words: string) => api.post(path, { carrier: phone.carrier, short_code: code, text: words }),
    () => client.invalidateQueries({ queryKey: [path] }),
  );
  const send = (words: string) => {
    onText();
    return text.mutateAsync(words);
  };
  return (
    <Card component="section" aria-label={phoneText(phone.number)} padding={0} className={classes.handset ?? ""}>
      <Group justify="space-between" wrap="nowrap" className={classes.head ?? ""}>
        <div>
          <Title order={2} size="h3">
            <Phone number={phone.number} />
          </Title>
          <Text size="xs" c="dimmed">
            {t.on(phone.carrier)}
          </Text>
        </div>
        <Group gap="xs" wrap="nowrap">
          {codes.length > 1 && <Select aria-label={t.shortCode} w={110} size="xs" data={codes} value={code} allowDeselect={false} onChange={(c) => { setChosen(c ?? code); }} />}
          <ActionIcon variant="subtle" color="gray" aria-label={t.remove} onClick={onRemove}>
            <IconX size={18} />
          </ActionIcon>
        </Group>
      </Group>
      <Transcript phone={phone} code={code} items={transcript.data?.items ?? []} error={transcript.error} />
      <Composer code={code} busy={text.isPending} send={send} />
    </Card>
  );
}

const quick = ["STOP", "HELP", "START"];

function Composer({ code, busy, send }: { code: string; busy: boolean; send: (text: string) => Promise<unknown> }) {
  const t = useTexts(texts);
  const [draft, setDraft] = useState("");
  const submit = (words: string) => {
    if (!words.trim() || busy) return;
    // useAction has said what failed; what was written stays.
    send(words).then(() => { setDraft((now) => (now === words ? "" : now)); }, () => undefined);
  };
  return (
    <form
      className={classes.composer}
      onSubmit={(event) => {
        event.preventDefault();
        submit(draft);
      }}
    >
      <Group gap={6} role="group" aria-label={t.quick}>
        {quick.map((word) => (
          <Button key={word} size="compact-xs" variant="default" onClick={() => { submit(word); }}>
            {word}
          </Button>
        ))}
      </Group>
      <Group gap="xs" wrap="nowrap" align="flex-end">
        <Textarea
          aria-label={t.write(code)}
          placeholder={t.write(code)}
          autosize
          minRows={1}
          maxRows={4}
          maxLength={1600}
          dir="auto"
          style={{ flex: 1 }}
          value={draft}
          onChange={(event) => { setDraft(event.currentTarget.value); }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            submit(draft);
          }}
        />
        <ActionIcon type="submit" size={36} aria-label={t.send} loading={busy} disabled={!draft.trim()}>
          <IconSend2 size={18} />
        </ActionIcon>
      </Group>
    </form>
  );
}
