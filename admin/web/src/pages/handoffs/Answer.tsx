import { Button, Group, Menu, Stack, Text, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { getHotkeyHandler } from "@mantine/hooks";
import { IconSend, IconTemplate } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { api, ApiError } from "../../api/client";
import { useObjects, type ProgramObject } from "../../api/objects";
import type { HandoffDoc } from "../../api/types";
import { FormProblem, sizeOf, useSubmit } from "../../components";
import { common, useTexts } from "../../i18n";
import { texts } from "./texts";
import { useCaller } from "./useCaller";

/** The most characters that the API takes. */
const most = 1600;

interface AnswerProps {
  talk: HandoffDoc;
  /** Somebody else has the conversation: what was being written stays, and is not sent. */
  locked: boolean;
}

/** Answer is where a person writes to the phone. The first answer takes the conversation. */
export function Answer({ talk, locked }: AnswerProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const client = useQueryClient();
  const box = useRef<HTMLTextAreaElement>(null);
  const form = useForm({ initialValues: { text: "" }, validate: { text: (text) => (text.trim() ? null : c.required) } });
  const me = useCaller();
  const path = `/handoffs/${talk.conversation}`;
  const refresh = () => Promise.all(["/handoffs", path].map((key) => client.invalidateQueries({ queryKey: [key] })));
  const send = async ({ text }: { text: string }) => {
    try {
      await api.post(`${path}/answer`, { text });
    } catch (error) {
      if (error instanceof ApiError && [404, 409].includes(error.status)) void refresh(); // somebody else was quicker, or it is over
      throw error;
    }
  };
  const { onSubmit, busy, problem } = useSubmit(form, send, (_, { text }) => {
    form.reset();
    box.current?.focus();
    // It is sent in a moment; until the conversation is read again it stands there already.
    client.setQueryData<HandoffDoc>([path], (before) => before && { ...before, by: me, lines: [...before.lines, { at: new Date().toISOString(), phone: false, text }] });
    return client.invalidateQueries({ queryKey: ["/handoffs"] });
  });
  const insert = (text: string) => {
    form.setFieldValue("text", (before) => (before && !/\s$/.test(before) ? `${before} ` : before) + text);
    box.current?.focus();
  };
  if (locked && !form.values.text) return null;
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="xs" mt={locked ? "sm" : 0}>
        <FormProblem problem={locked ? undefined : problem} />
        <Textarea
          ref={box}
          label={t.answer}
          description={talk.by ? undefined : t.takes}
          autosize
          minRows={2}
          maxRows={7}
          maxLength={most}
          dir="auto"
          onKeyDown={getHotkeyHandler([["mod+Enter", () => { if (!locked) onSubmit(); }]])}
          {...form.getInputProps("text")}
        />
        <Group justify="space-between" gap="xs" align="flex-start">
          <Counter text={form.values.text} />
          <Group gap="xs" ml="auto" wrap="nowrap">
            <Canned program={talk.program} insert={insert} />
            <Button type="submit" loading={busy} disabled={locked} leftSection={<IconSend size={16} />} title={t.sendHint}>
              {t.send}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

function Counter({ text }: { text: string }) {
  const t = useTexts(texts);
  const { alphabet, left, segments, odd } = sizeOf(text);
  return (
    <div style={{ flex: "1 1 14rem", minWidth: 0 }}>
      <Text size="xs" c="dimmed" style={{ fontVariantNumeric: "tabular-nums" }}>
        {t.size(alphabet, left, segments)}
      </Text>
      {odd !== undefined && (
        <Text size="xs" role="status">
          {t.odd(odd)}
        </Text>
      )}
    </div>
  );
}

function Canned({ program, insert }: { program: string; insert: (text: string) => void }) {
  const t = useTexts(texts);
  const canned = useObjects<ProgramObject>("programs").find((p) => p.name === program)?.canned ?? [];
  if (canned.length === 0) return null;
  return (
    <Menu position="top-end" width={320} returnFocus={false}>
      <Menu.Target>
        <Button variant="default" leftSection={<IconTemplate size={16} />}>
          {t.canned}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
        {canned.map(({ title, text }, i) => (
          <Menu.Item key={i} onClick={() => { insert(text); }}>
            <Text size="sm" fw={550}>{title}</Text>
            <Text size="xs" c="dimmed" lineClamp={2}>{text}</Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
