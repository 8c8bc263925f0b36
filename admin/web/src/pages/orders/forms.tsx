import { Button, Group, NumberInput, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { common, useTexts } from "../../i18n";
import { texts } from "./texts";

/** The minutes that one touch accepts with. */
const usual = [10, 15, 20, 30, 45, 60];

/** AcceptForm asks in how many minutes an order will be ready. */
export function AcceptForm({ busy, accept }: { busy: boolean; accept: (minutes: number) => void }) {
  const t = useTexts(texts);
  const [other, setOther] = useState<string | number>("");
  return (
    <Stack>
      <Text>{t.acceptText}</Text>
      <SimpleGrid cols={3} spacing="sm">
        {usual.map((n) => (
          <Button key={n} size="xl" px="xs" variant="light" disabled={busy} onClick={() => { accept(n); }}>
            {t.minutes(n)}
          </Button>
        ))}
      </SimpleGrid>
      <form onSubmit={(event) => { event.preventDefault(); if (other) accept(Number(other)); }}>
        <Group align="flex-end" wrap="nowrap">
          <NumberInput label={t.otherMinutes} size="md" min={1} max={1440} allowDecimal={false} clampBehavior="strict" hideControls inputMode="numeric" value={other} onChange={setOther} style={{ flex: 1 }} />
          <Button type="submit" size="md" loading={busy} disabled={!other}>
            {t.accept}
          </Button>
        </Group>
      </form>
    </Stack>
  );
}

/** RefuseForm asks why an order is refused. */
export function RefuseForm({ busy, refuse }: { busy: boolean; refuse: (reason: string) => void }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const [reason, setReason] = useState("");
  return (
    <form onSubmit={(event) => { event.preventDefault(); refuse(reason.trim()); }}>
      <Stack>
        <Text>{t.refuseText}</Text>
        <Group gap="xs" role="group" aria-label={t.reasons}>
          {[t.soldOut, t.closing, t.tooFar].map((usual) => (
            <Button key={usual} variant="default" onClick={() => { setReason(usual); }}>
              {usual}
            </Button>
          ))}
        </Group>
        <TextInput label={c.reason} placeholder={t.reasonHint} size="md" maxLength={100} data-autofocus value={reason} onChange={(event) => { setReason(event.currentTarget.value); }} />
        <Button type="submit" color="red" size="lg" loading={busy}>
          {t.refuse}
        </Button>
      </Stack>
    </form>
  );
}
