import { Alert, Anchor, Badge, Button, Card, Code, Collapse, Group, Select, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMessageQuestion } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api, ApiError, segment } from "../../api/client";
import { messageOf } from "../../components";
import { common, useTexts } from "../../i18n";
import { texts } from "./texts";

/** Reading is what the gateway makes of a text. */
interface Reading {
  class: string;
  matched_by: string;
  scope: string;
  review: boolean;
  normalised: string;
  route: string;
  rule: string;
}

const below: ("label" | "input" | "description" | "error")[] = ["label", "input", "error", "description"];
const contexts = ["none", "dialog", "opt-in-pending"] as const;

/** TryBox asks what a phone would get if it texted something. */
export function TryBox({ code }: { code: string }) {
  const t = useTexts(texts).try;
  const c = useTexts(common);
  const [text, setText] = useState("");
  const [from, setFrom] = useState("");
  const [context, setContext] = useState<string | null>(null);
  const [language, setLanguage] = useState("");
  const [more, { toggle }] = useDisclosure();
  const ask = useMutation({
    mutationFn: () => api.get<Reading>("/explain/inbound", { query: { short_code: code, text, from: from.replaceAll(/\D/g, ""), context, language } }),
  });
  const missing = ask.error instanceof ApiError && ask.error.status === 404;
  return (
    <Card component="section" aria-label={t.title}>
      <form onSubmit={(event) => { event.preventDefault(); if (text.trim()) ask.mutate(); }}>
        <Title order={2} mb="xs">{t.title}</Title>
        <Group align="flex-end" gap="sm" wrap="nowrap">
          <TextInput aria-label={t.text} placeholder={t.placeholder} leftSection={<IconMessageQuestion size={18} />} style={{ flex: 1 }} value={text} onChange={(e) => { setText(e.currentTarget.value); }} />
          <Button type="submit" loading={ask.isPending}>{t.ask}</Button>
        </Group>
        <Button variant="subtle" size="compact-xs" mt={6} aria-expanded={more} onClick={toggle}>{t.more}</Button>
        <Collapse expanded={more}>
          {more && (
            <SimpleGrid cols={{ base: 1, sm: 3 }} mt="xs">
              <TextInput inputWrapperOrder={below} label={t.from} description={t.fromHint} inputMode="tel" value={from} onChange={(e) => { setFrom(e.currentTarget.value); }} />
              <TextInput inputWrapperOrder={below} label={t.language} description={t.languageHint} value={language} onChange={(e) => { setLanguage(e.currentTarget.value); }} />
              <Select label={t.context} clearable data={contexts.map((value) => ({ value, label: t.contexts[value] }))} value={context} onChange={setContext} />
            </SimpleGrid>
          )}
        </Collapse>
      </form>
      <div role="status">
        {missing && <Alert mt="sm" color="gray" variant="light">{t.missing}</Alert>}
        {ask.error && !missing && <Alert mt="sm" color="red" variant="light">{messageOf(ask.error, c.errors)}</Alert>}
        {ask.data && !ask.error && <Answer reading={ask.data} />}
      </div>
    </Card>
  );
}

const colours: Record<string, string> = { "opt-out": "red", help: "blue", "opt-in": "teal", neither: "gray" };

function Answer({ reading }: { reading: Reading }) {
  const t = useTexts(texts).try;
  const kind = reading.class in t.classes ? (reading.class as keyof typeof t.classes) : undefined;
  return (
    <Stack gap={6} mt="sm">
      <Group gap="sm">
        <Badge color={colours[reading.class] ?? "gray"}>{kind ? t.classes[kind] : reading.class}</Badge>
        {reading.review && <Badge color="yellow">{t.review}</Badge>}
        {reading.scope && <Text size="sm">{t.scope(reading.scope)}</Text>}
        {reading.route && (
          <Text size="sm">
            {t.starts} <Anchor component={Link} to={`/flows/${segment(reading.route)}`} inherit fw={550}>{reading.route}</Anchor>
          </Text>
        )}
        {!reading.route && reading.class === "neither" && <Text size="sm">{t.nothing}</Text>}
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>{t.because} {reading.rule}</Text>
      {reading.normalised && <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>{t.reads} <Code>{reading.normalised}</Code></Text>}
    </Stack>
  );
}
