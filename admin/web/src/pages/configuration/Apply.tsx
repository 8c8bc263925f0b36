import { Alert, Anchor, Button, Card, FileButton, Group, List, Select, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertCircle, IconUpload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { ApiError, request } from "../../api/client";
import { confirm, messageOf, sentence } from "../../components";
import type { Planned } from "../../components/objects";
import { common, useTexts } from "../../i18n";
import { changesIn, Plan } from "./Plan";
import { problemOf, spanOf } from "./problem";
import { texts } from "./texts";

interface Wish {
  text: string;
  open: string;
  dryRun: boolean;
}

async function send({ text, open, dryRun }: Wish): Promise<Planned> {
  const response = await request("POST", "/apply", text, { query: { dry_run: dryRun || undefined, open }, headers: { "Content-Type": "application/yaml" } });
  return (await response.json()) as Planned;
}

/** Apply checks a file, shows its plan, and applies it. */
export function Apply() {
  const t = useTexts(texts);
  const c = useTexts(common);
  const client = useQueryClient();
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [policy, setPolicy] = useState<"" | "finish" | "end">("");
  const [words, setWords] = useState("");
  const open = policy === "end" ? `end ${words}`.trim() : policy;
  const run = useMutation({
    mutationFn: send,
    onSuccess: async (_, { dryRun }) => {
      if (dryRun) return;
      notifications.show({ color: "teal", message: t.applied });
      await client.invalidateQueries();
    },
  });
  const of = run.variables;
  const current = of?.text === text && of.open === open;
  const ready = run.data && of?.dryRun && current && changesIn(run.data).length > 0;
  const apply = async (planned: Planned) => {
    if (await confirm({ title: t.confirm, text: t.confirmText(changesIn(planned).length), confirm: t.apply, cancel: c.cancel })) run.mutate({ text, open, dryRun: false });
  };
  const goTo = (line: number) => {
    const field = area.current;
    if (!field) return;
    field.focus();
    field.setSelectionRange(...spanOf(text, line));
    field.scrollTop = (line - 4) * parseFloat(getComputedStyle(field).lineHeight);
  };
  return (
    <Card component="section" aria-label={t.applyTitle}>
      <Title order={2}>{t.applyTitle}</Title>
      <Text c="dimmed" mt={4} mb="md" maw="44rem">{t.applyText}</Text>
      <Stack>
        <Textarea
          ref={area}
          label={t.file}
          description={t.fileHint}
          rows={14}
          spellCheck={false}
          autoCapitalize="off"
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem", whiteSpace: "pre", overflowX: "auto" } }}
          value={text}
          onChange={(e) => { setText(e.currentTarget.value); }}
        />
        <Group align="flex-end">
          <Select
            label={t.open}
            description={t.openHint}
            allowDeselect={false}
            style={{ flex: "1 1 16rem", maxWidth: "26rem" }}
            data={(["", "finish", "end"] as const).map((value) => ({ value, label: t.opens[value] }))}
            value={policy}
            onChange={(v) => { setPolicy((v ?? "") as typeof policy); }}
          />
          {policy === "end" && <TextInput label={t.ending} description={t.endHint} style={{ flex: "1 1 16rem" }} value={words} onChange={(e) => { setWords(e.currentTarget.value); }} />}
        </Group>
        <Group>
          <FileButton accept=".yaml,.yml,application/yaml,text/yaml" onChange={(file) => { void file?.text().then(setText); }}>
            {(props) => <Button variant="default" leftSection={<IconUpload size={18} />} {...props}>{t.choose}</Button>}
          </FileButton>
          <Button variant={ready ? "default" : "filled"} disabled={text.trim() === ""} loading={run.isPending && of?.dryRun === true} onClick={() => { run.mutate({ text, open, dryRun: true }); }}>
            {t.check}
          </Button>
          {run.data && ready && <Button loading={run.isPending} onClick={() => void apply(run.data)}>{t.apply}</Button>}
        </Group>
        <div role="status">
          {run.error && <Refusal error={run.error} goTo={goTo} />}
          {run.data && !current && <Text size="sm" c="dimmed">{t.stale}</Text>}
          {run.data && current && <Plan planned={run.data} done={!of.dryRun} />}
        </div>
      </Stack>
    </Card>
  );
}

function Refusal({ error, goTo }: { error: Error; goTo: (line: number) => void }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const problems = error instanceof ApiError ? error.errors.map(problemOf) : [];
  if (problems.length === 0) return <Alert color="red" variant="light" icon={<IconAlertCircle size={18} />}>{messageOf(error, c.errors)}</Alert>;
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={18} />} title={t.problems(problems.length)}>
      <Text size="sm" mb="xs">{t.refused}</Text>
      <List size="sm" spacing={4}>
        {problems.map((p, i) => (
          <List.Item key={i} style={{ overflowWrap: "anywhere" }}>
            {p.line > 0 && <><Anchor component="button" type="button" inherit fw={600} c="inherit" td="underline" onClick={() => { goTo(p.line); }}>{t.goTo(p.line)}</Anchor>: </>}
            {sentence(p.text)}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
