import { Alert, Button, Group, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { useState } from "react";
import { Link } from "react-router";

import { api } from "../../api/client";
import { useObjects, type ProgramObject, type ShortCodeObject } from "../../api/objects";
import { useMay } from "../../api/session";
import type { Accepted } from "../../api/types";
import { FormProblem, sizeOf, useSubmit } from "../../components";
import { Rule } from "../../components/messages";
import { common, useFormat, useTexts } from "../../i18n";
import { texts } from "./texts";

interface Sent extends Accepted {
  code: string;
  to: string;
}

/** TestSend sends one message, and shows what the gate says to it. */
export function TestSend() {
  const t = useTexts(texts);
  const c = useTexts(common);
  const [sent, setSent] = useState<Sent>();
  const codes = useObjects<ShortCodeObject>("short_codes");
  const programs = useObjects<ProgramObject>("programs").map((p) => p.name);
  const form = useForm({
    initialValues: { short_code: "", to: "", program: "", text: "" },
    validate: { short_code: isNotEmpty(c.required), to: isNotEmpty(c.required), program: isNotEmpty(c.required), text: isNotEmpty(c.required) },
  });
  const { onSubmit, busy, problem } = useSubmit(
    form,
    (values) => api.post<Accepted>("/messages", { ...values, to: values.to.replaceAll(/[^\d]/g, "").replace(/^00/, ""), class: "transactional" }),
    (accepted, { short_code, to }) => { setSent({ ...accepted, code: short_code, to: to.replaceAll(/[^\d]/g, "").replace(/^00/, "") }); },
  );
  if (sent) return <Outcome sent={sent} again={() => { setSent(undefined); }} />;
  const { alphabet, segments } = sizeOf(form.values.text);
  const choose = (code: string | null) => {
    form.setFieldValue("short_code", code ?? "");
    const program = codes.find(({ number }) => number === code)?.program;
    if (program) form.setFieldValue("program", program);
  };
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text c="dimmed" size="sm">{t.testText}</Text>
        <FormProblem problem={problem} />
        <Select label={t.shortCode} data={codes.map(({ number }) => number)} data-autofocus {...form.getInputProps("short_code")} onChange={choose} />
        <Select label={c.program} data={programs} searchable {...form.getInputProps("program")} />
        <TextInput label={t.to} description={t.toHint} inputMode="tel" autoComplete="off" {...form.getInputProps("to")} />
        <Textarea label={t.text} description={t.size(segments, alphabet)} autosize minRows={2} maxRows={6} maxLength={1600} {...form.getInputProps("text")} />
        <Button type="submit" loading={busy}>
          {t.send}
        </Button>
      </Stack>
    </form>
  );
}

function Outcome({ sent, again }: { sent: Sent; again: () => void }) {
  const t = useTexts(texts);
  const format = useFormat();
  const seesPhones = useMay("see-phones");
  const said = { allow: t.allowed, hold: sent.hold_until ? t.heldUntil(format.dateTime(sent.hold_until)) : t.held, refuse: t.refused }[sent.verdict];
  return (
    <Stack role="status">
      <Alert color={{ allow: "teal", hold: "yellow", refuse: "red" }[sent.verdict]} variant="light" title={said}>
        <Rule rule={sent.rule} />
        <Text size="xs" c="dimmed" mt={6}>{t.size(sent.segments, sent.coding)}</Text>
      </Alert>
      <Group justify="flex-end">
        {seesPhones && <Button component={Link} to={`/conversations/${sent.code}/${sent.to}`} variant="default">{t.look}</Button>}
        <Button onClick={again} data-autofocus>{t.another}</Button>
      </Group>
    </Stack>
  );
}
