import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";

import { api } from "../../api/client";
import { FormProblem, useSubmit } from "../../components";
import { useTexts } from "../../i18n";
import type { Endpoint } from "./data";
import { spans, texts } from "./texts";

/** ReplayForm sends again what failed within a time. */
export function ReplayForm({ endpoint, done }: { endpoint: Endpoint; done: () => unknown }) {
  const t = useTexts(texts);
  const form = useForm({ initialValues: { since: "24" as (typeof spans)[number] } });
  const send = ({ since }: typeof form.values) =>
    api.post<{ deliveries: number }>(`/endpoints/${endpoint.id}/replay`, { since: new Date(Date.now() - Number(since) * 3_600_000).toISOString() });
  const { onSubmit, busy, problem } = useSubmit(form, send, ({ deliveries }) => {
    notifications.show({ message: t.replayedMany(deliveries) });
    return done();
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <FormProblem problem={problem} />
        <Text size="sm">{t.replayFailedText}</Text>
        <Select label={t.span} allowDeselect={false} data={spans.map((value) => ({ value, label: t.spans[value] }))} {...form.getInputProps("since")} />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {t.replay}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
