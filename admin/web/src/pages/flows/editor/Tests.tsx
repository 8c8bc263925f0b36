import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleDashed, IconCircleX, IconPlayerPlay } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";

import { api } from "../../../api/client";
import type { Schema } from "../../../api/types";
import { messageOf } from "../../../components";
import { common, useTexts } from "../../../i18n";
import classes from "./editor.module.css";
import type { Flow } from "./model/flow";
import { goldenAt, goldens } from "./model/golden";
import { texts } from "./texts";

interface TestsProps {
  flow: Flow;
  program: string | undefined;
  /** The flow has errors: it cannot be played. */
  faulty: boolean;
  onLine: (line: number) => void;
}

/** Tests are the golden conversations of the flow; they are played here, and tell what came out otherwise. */
export function Tests({ flow, program, faulty, onLine }: TestsProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const tests = goldens(flow);
  const run = useMutation({
    mutationFn: async (source: string) => ({ source, tested: await api.post<Schema<"Tested">>("/flows/test", { source, ...(program && { program }) }) }),
  });
  const current = run.data?.source === flow.source ? run.data.tested : undefined;
  const failures = new Map<number, Schema<"Trouble">[]>();
  for (const f of current?.failures ?? []) {
    const at = goldenAt(tests, f.line ?? 0);
    failures.set(at, [...(failures.get(at) ?? []), f]);
  }
  return (
    <Stack gap="sm" p="md">
      <div className={classes.line}>
        <Button size="xs" leftSection={<IconPlayerPlay size={14} />} loading={run.isPending} disabled={tests.length === 0 || faulty} onClick={() => { run.mutate(flow.source); }}>
          {t.runTests}
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {current ? t.tested(current.played - failures.size, failures.size) : run.data ? t.testsOld : ""}
        </Text>
      </div>
      {faulty && tests.length > 0 && <Text size="sm" c="dimmed">{t.faulty}</Text>}
      {run.error && !faulty && <Alert color="red" role="alert">{messageOf(run.error, c.errors)}</Alert>}
      {tests.length === 0 && <Text size="sm" c="dimmed">{t.noTests}</Text>}
      <ul className={classes.tests}>
        {tests.map((test, i) => {
          const bad = failures.get(i) ?? [];
          return (
            <li key={i} data-bad={bad.length > 0 || undefined}>
              <button type="button" onClick={() => { onLine(test.line); }}>
                {!current ? <IconCircleDashed size={16} aria-hidden /> : bad.length > 0 ? <IconCircleX size={16} aria-label={t.failed} /> : <IconCircleCheck size={16} aria-label={t.passed} />}
                <span>{test.name}</span>
              </button>
              {bad.map((f, j) => (
                <button key={j} type="button" className={classes.failure} onClick={() => { onLine(f.line ?? test.line); }}>
                  {f.text.startsWith(`${test.name}: `) ? f.text.slice(test.name.length + 2) : f.text}
                </button>
              ))}
            </li>
          );
        })}
      </ul>
    </Stack>
  );
}
