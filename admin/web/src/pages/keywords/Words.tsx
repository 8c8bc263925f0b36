import { Alert, Anchor, Badge, Group, Input, List, SegmentedControl, Stack, Text, TextInput, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconAlertTriangle, IconSearch, IconTag } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";

import { segment } from "../../api/client";
import { EmptyState, Page, sentence, useNow, VirtualTable, type Column } from "../../components";
import { asList, NewObject, pathOf, useNames, useObjects, useProblems, type ObjectTrouble } from "../../components/objects";
import { daysOf, formTexts } from "../../components/schema-form";
import { useFormat, useLanguage, useTexts } from "../../i18n";
import { texts } from "./texts";
import { TryBox } from "./TryBox";
import { isLimited, stateOf, type Entry } from "./window";

/** Row is one entry of a word. */
interface Row {
  key: string;
  entry: Entry;
  /** Its place among the entries of its word, from 0. */
  n: number;
  troubles: ObjectTrouble[];
}

/** fold compares words as phones write them: without case, accents and punctuation. */
const fold = (text: string) => text.normalize("NFD").replaceAll(/[^\p{L}\p{N} ]/gu, "").toLowerCase();

const fits = ({ entry }: Row, wanted: string) =>
  [entry.word, ...(entry.aliases ?? []), entry.flow, entry.program].some((text) => fold(text).includes(fold(wanted)));

/** Words lists the words of a short code. */
export function Words() {
  const t = useTexts(texts);
  const go = useNavigate();
  const [query, setQuery] = useSearchParams();
  const [wanted, setWanted] = useState("");
  const found = useObjects<Entry[]>("keywords");
  const problems = useProblems().data ?? [];
  const all = found.data ?? [];
  const codes = [...new Set([...useNames("short_codes"), ...all.map((o) => o.key.split(" ")[0] ?? "")])];
  const code = codes.find((c) => c === query.get("code")) ?? codes[0] ?? "";
  const ofCode = all.filter((o) => o.key.startsWith(`${code} `));
  const troubles = problems.filter((p) => p.kind === "keywords" && p.key?.startsWith(`${code} `));
  const rows: Row[] = ofCode.flatMap((o) => o.object.map((entry, n) => ({ key: o.key, entry, n, troubles: troubles.filter((p) => p.key === o.key) })));
  const shown = wanted ? rows.filter((row) => fits(row, wanted)) : rows;
  const make = <NewObject kind="keywords" query={code && `?code=${code}`} />;
  const empty = wanted ? (
    <EmptyState icon={<IconSearch size={26} />} title={t.noneFound} />
  ) : (
    <EmptyState icon={<IconTag size={26} />} title={t.emptyTitle} action={make}>{t.emptyText}</EmptyState>
  );
  return (
    <Page title={t.title} description={t.description} actions={make}>
      <Stack gap="lg">
        {code && <TryBox key={code} code={code} />}
        <Warnings troubles={troubles} />
        <div>
          <Group mb="sm" gap="md" align="flex-end">
            {codes.length > 1 && (
              <Input.Wrapper label={t.codes} labelElement="div">
                <div>
                  <SegmentedControl
                    aria-label={t.codes}
                    data={codes.map((c) => ({ value: c, label: t.codeOf(c, all.filter((o) => o.key.startsWith(`${c} `)).length) }))}
                    value={code}
                    onChange={(next) => { setQuery({ code: next }, { replace: true }); }}
                  />
                </div>
              </Input.Wrapper>
            )}
            <TextInput label={t.find} leftSection={<IconSearch size={16} />} style={{ flex: "1 1 12rem", maxWidth: "24rem" }} value={wanted} onChange={(e) => { setWanted(e.currentTarget.value); }} />
          </Group>
          <VirtualTable label={t.title} list={asList(found, shown)} columns={useColumns()} rowKey={(row) => `${row.key} ${row.n}`} rowHeight={64} height="max(24rem, calc(100dvh - 26rem))" onOpen={(row) => void go(pathOf("keywords", row.key))} empty={empty} />
        </div>
      </Stack>
    </Page>
  );
}

function Warnings({ troubles }: { troubles: ObjectTrouble[] }) {
  const t = useTexts(texts);
  if (troubles.length === 0) return null;
  return (
    <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} title={t.warnings(troubles.length)}>
      <List size="sm" spacing={4}>
        {troubles.map((p, i) => (
          <List.Item key={i}>
            <Anchor component={Link} to={pathOf("keywords", p.key ?? "")} inherit c="inherit" td="underline">{sentence(p.hint ? `${p.text}: ${p.hint}` : p.text)}</Anchor>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function useColumns(): Column<Row>[] {
  const t = useTexts(texts);
  return [
    { key: "word", title: t.word, render: (row) => <Word row={row} /> },
    { key: "flow", title: t.flow, render: ({ entry }) => <Starts entry={entry} /> },
    { key: "state", title: t.state, width: "7rem", render: ({ entry }) => <StateBadge entry={entry} /> },
    { key: "window", title: t.when, wideOnly: true, render: ({ entry }) => <WindowText entry={entry} /> },
    { key: "where", title: t.where, wideOnly: true, render: ({ entry }) => <Where entry={entry} /> },
  ];
}

function Word({ row: { entry, n, troubles } }: { row: Row }) {
  const t = useTexts(texts);
  const second = n > 0 ? t.again(n + 1) : entry.aliases?.length ? t.also(entry.aliases.join(", ")) : "";
  return (
    <>
      <Group gap={6} wrap="nowrap">
        <Text size="sm" fw={n > 0 ? 400 : 600} {...(n > 0 && { c: "dimmed" })} truncate>{entry.word}</Text>
        {n === 0 && troubles.length > 0 && (
          <Tooltip label={troubles.map((p) => sentence(p.text)).join(" ")} multiline maw={320}>
            <span style={{ display: "inline-flex" }}>
              <IconAlertTriangle size={15} color="var(--mantine-color-yellow-7)" aria-hidden />
              <VisuallyHidden>{t.warnings(troubles.length)}</VisuallyHidden>
            </span>
          </Tooltip>
        )}
      </Group>
      {second && <Text size="xs" c="dimmed" truncate>{second}</Text>}
    </>
  );
}

function Starts({ entry }: { entry: Entry }) {
  return (
    <>
      <Anchor component={Link} to={`/flows/${segment(entry.flow)}`} size="sm" truncate display="block" onClick={(e) => { e.stopPropagation(); }}>{entry.flow}</Anchor>
      <Text size="xs" c="dimmed" truncate>{entry.program}</Text>
    </>
  );
}

const colours = { live: "teal", later: "blue", over: "gray" } as const;

function StateBadge({ entry }: { entry: Entry }) {
  const t = useTexts(texts);
  const now = useNow();
  const zones = useObjects<{ time_zone: string }>("programs").data;
  const state = stateOf(entry, zones?.find((p) => p.key === entry.program)?.object.time_zone ?? "UTC", now);
  return <Tooltip label={t.stateHints[state]}><Badge color={colours[state]}>{t.states[state]}</Badge></Tooltip>;
}

function WindowText({ entry }: { entry: Entry }) {
  const t = useTexts(texts);
  const week = useTexts(formTexts).week;
  const { language } = useLanguage();
  const format = useFormat();
  if (!isLimited(entry)) return <Text size="sm" c="dimmed">{t.always}</Text>;
  const moment = (text: string) => format.dateTime(text.replace(" ", "T"));
  const days = entry.days && new Intl.ListFormat(language, { type: "unit", style: "narrow" }).format((daysOf(entry.days) ?? []).map((day) => week.short[day]));
  const dates = [entry.from && t.from(moment(entry.from)), entry.until && t.until(moment(entry.until))].filter(Boolean).join(" ");
  const times = [days, entry.hours].filter(Boolean).join(" · ");
  return (
    <>
      {dates && <Text size="xs" truncate>{dates}</Text>}
      {times && <Text size="xs" truncate>{times}</Text>}
      {entry.time_zone && <Text size="xs" c="dimmed" truncate>{entry.time_zone}</Text>}
    </>
  );
}

function Where({ entry }: { entry: Entry }) {
  const inputs = Object.entries(entry.inputs ?? {}).map(([name, value]) => `${name}: ${value}`).join(", ");
  return (
    <>
      {entry.place && <Text size="sm" truncate>{entry.place}</Text>}
      {inputs && <Text size="xs" c="dimmed" truncate>{inputs}</Text>}
    </>
  );
}
