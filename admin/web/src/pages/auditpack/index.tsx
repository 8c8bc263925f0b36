import { Button, Select, Stack, Table, Text, Title } from "@mantine/core";
import { IconCertificate, IconPrinter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { api, segment } from "../../api/client";
import type { List, Schema } from "../../api/types";
import { EmptyState, ErrorState, Page, Skeletons } from "../../components";
import { useFormat, useTexts } from "../../i18n";
import { texts } from "./texts";

type Pack = Schema<"AuditPack">;

/** AuditPackPage shows the audit pack of a program, to be read and printed. */
export default function AuditPackPage() {
  const t = useTexts(texts);
  const [search, setSearch] = useSearchParams();
  const programs = useQuery({ queryKey: ["/objects/programs"], queryFn: ({ signal }) => api.get<List<Schema<"Object">>>("/objects/programs", { signal }) });
  const names = (programs.data?.items ?? []).map((p) => p.key);
  const program = search.get("program") ?? (names.length === 1 ? names[0] : undefined) ?? "";
  const pack = useQuery({
    queryKey: ["/programs", program, "audit-pack"],
    queryFn: ({ signal }) => api.get<Pack>(`/programs/${segment(program)}/audit-pack`, { signal }),
    enabled: program !== "",
  });
  const print = (
    <Button variant="default" leftSection={<IconPrinter size={18} />} disabled={!pack.data} onClick={() => { window.print(); }} data-print="no">
      {t.print}
    </Button>
  );
  return (
    <Page title={t.title} description={t.description} actions={print}>
      <Stack gap="xl">
        {programs.error ? <ErrorState error={programs.error} retry={() => void programs.refetch()} /> : programs.data && names.length === 0 ? (
          <EmptyState icon={<IconCertificate size={26} />} title={t.none}>{t.noneText}</EmptyState>
        ) : (
          <Select
            label={t.program}
            placeholder={t.choose}
            data={names}
            value={program || null}
            onChange={(name) => { setSearch(name ? { program: name } : {}, { replace: true }); }}
            maw="24rem"
            searchable
            data-print="no"
          />
        )}
        {pack.error && <ErrorState error={pack.error} retry={() => void pack.refetch()} />}
        {program && pack.isPending && <Skeletons count={4} height={120} />}
        {pack.data && <Content pack={pack.data} />}
      </Stack>
    </Page>
  );
}

function Content({ pack }: { pack: Pack }) {
  const t = useTexts(texts);
  const format = useFormat();
  return (
    <>
      <section aria-labelledby="pack-program">
        <Title order={2} id="pack-program" mb="sm">{t.of(pack.brand, format.dateTime(pack.at))}</Title>
        <Table variant="vertical" withTableBorder layout="fixed">
          <Table.Tbody>
            <Fact name={t.program} value={pack.program} />
            <Fact name={t.contact} value={pack.contact} />
            <Fact name={t.terms} value={pack.terms_url ?? ""} />
            <Fact name={t.consent} value={t.consents[pack.consent]} />
          </Table.Tbody>
        </Table>
      </section>
      <Wordings pack={pack} />
      <Answers pack={pack} />
      <Flows pack={pack} />
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  if (!value) return null;
  return (
    <Table.Tr>
      <Table.Th w="12rem">{name}</Table.Th>
      <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
    </Table.Tr>
  );
}

function Wordings({ pack }: { pack: Pack }) {
  const t = useTexts(texts);
  const format = useFormat();
  return (
    <section aria-labelledby="pack-wording">
      <Title order={2} id="pack-wording">{t.wording}</Title>
      <Text c="dimmed" mb="sm">{pack.wording.length > 0 ? t.wordingText : t.wordingNone}</Text>
      {pack.wording.length > 0 && (
        <Table.ScrollContainer minWidth={560}>
          <Table withTableBorder>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.event}</Table.Th>
                <Table.Th>{t.text}</Table.Th>
                <Table.Th>{t.first}</Table.Th>
                <Table.Th>{t.last}</Table.Th>
                <Table.Th ta="right">{t.count}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {pack.wording.map((w) => (
                <Table.Tr key={`${w.event} ${w.text}`}>
                  <Table.Td>{t.events[w.event]}</Table.Td>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>{w.text}</Table.Td>
                  <Table.Td>{format.date(w.first)}</Table.Td>
                  <Table.Td>{format.date(w.last)}</Table.Td>
                  <Table.Td ta="right">{format.number(w.count)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}

function Answers({ pack }: { pack: Pack }) {
  const t = useTexts(texts);
  const rows = Object.entries(pack.answers).flatMap(([name, byLanguage]) => Object.entries(byLanguage ?? {}).map(([language, text]) => ({ name, language, text })));
  return (
    <section aria-labelledby="pack-answers">
      <Title order={2} id="pack-answers" mb="sm">{t.answers}</Title>
      <Table withTableBorder layout="fixed">
        <Table.Tbody>
          {rows.map(({ name, language, text }) => (
            <Table.Tr key={`${name} ${language}`}>
              <Table.Th w="12rem" scope="row">{name} ({language})</Table.Th>
              <Table.Td style={{ overflowWrap: "anywhere" }} lang={language}>{text}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Flows({ pack }: { pack: Pack }) {
  const t = useTexts(texts);
  const format = useFormat();
  return (
    <section aria-labelledby="pack-flows">
      <Title order={2} id="pack-flows">{t.flows}</Title>
      <Text c="dimmed" mb="sm">{pack.flows.length > 0 ? t.flowsText : t.flowsNone}</Text>
      <Stack gap="xl">
        {pack.flows.map((flow) => (
          <article key={flow.name}>
            <Title order={3}>{flow.name}</Title>
            {flow.versions.map((v) => (
              <Text key={v.version} size="sm" c="dimmed">
                {t.version(v.version, v.published_at ? format.dateTime(v.published_at) : "", v.published_by ?? "")}
              </Text>
            ))}
            {flow.transcripts.map((transcript) => (
              <Table key={transcript.language} withTableBorder layout="fixed" mt="sm" captionSide="top">
                <Table.Caption>{t.transcript(transcript.language)}</Table.Caption>
                <Table.Tbody>
                  {transcript.lines.map((line, i) => (
                    <Table.Tr key={i}>
                      <Table.Th w="8rem" scope="row">{line.phone ? t.phone : t.us}</Table.Th>
                      <Table.Td style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }} lang={transcript.language}>{line.text}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            ))}
          </article>
        ))}
      </Stack>
    </section>
  );
}
