import { Button, Card, Group, NumberInput, Radio, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";

import { api } from "../../api/client";
import type { Schema } from "../../api/types";
import { confirm, ErrorState, FormProblem, Page, Skeletons, useSubmit } from "../../components";
import { common, useFormat, useTexts } from "../../i18n";
import { texts } from "./texts";

type Kept = Schema<"Retention">;
const path = "/settings/retention";

/** Retention says how long messages are kept, and changes it. */
export default function Retention() {
  const t = useTexts(texts);
  const kept = useQuery({ queryKey: [path], queryFn: ({ signal }) => api.get<Kept>(path, { signal }) });
  return (
    <Page title={t.title} description={t.description}>
      {kept.error ? <ErrorState error={kept.error} retry={() => void kept.refetch()} /> : kept.data ? <Form kept={kept.data} /> : <Skeletons height={320} count={1} />}
    </Page>
  );
}

function Form({ kept }: { kept: Kept }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const format = useFormat();
  const client = useQueryClient();
  const form = useForm({ initialValues: { limited: kept.keep_days > 0, keep_days: kept.keep_days || 400 } });
  const send = async ({ limited, keep_days: days }: { limited: boolean; keep_days: number }): Promise<boolean> => {
    const shorter = limited && (kept.keep_days === 0 || days < kept.keep_days);
    if (shorter && !(await confirm({ title: t.sure, text: t.sureText(days), confirm: t.delete, cancel: c.cancel, danger: true }))) return false;
    await api.put<Kept>(path, { keep_days: limited ? days : 0 });
    return true;
  };
  const { onSubmit, busy, problem } = useSubmit(form, send, async (changed) => {
    if (!changed) return;
    await client.invalidateQueries({ queryKey: [path] });
    notifications.show({ message: c.saved });
  });
  return (
    <Card withBorder padding="lg" maw="44rem">
      <form onSubmit={onSubmit}>
        <Stack gap="md">
          <Text>{t.explanation}</Text>
          <Text c="dimmed">{t.stays}</Text>
          <Radio.Group value={form.values.limited ? "limited" : "forever"} onChange={(value) => { form.setFieldValue("limited", value === "limited"); }} label={t.description}>
            <Stack gap="xs" mt="xs">
              <Radio value="forever" label={t.forever} />
              <Radio value="limited" label={t.limited} />
            </Stack>
          </Radio.Group>
          {form.values.limited && <NumberInput label={t.days} description={t.daysHint} min={35} max={3660} clampBehavior="none" maw="12rem" required {...form.getInputProps("keep_days")} />}
          <FormProblem problem={problem} />
          <Text size="sm" c="dimmed">{kept.since ? t.since(format.date(kept.since)) : t.nothing}</Text>
          <Group>
            <Button type="submit" loading={busy}>{c.save}</Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
