import { Button, Card, Group, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState, type FormEvent } from "react";

import { api } from "../../api/client";
import { useObjects, type PlaceObject } from "../../api/objects";
import { useMe } from "../../api/session";
import type { Redeemed } from "../../api/types";
import { Page } from "../../components";
import { useFormat, useTexts } from "../../i18n";
import { cleaned, failed, type Outcome } from "./outcome";
import { Mark, Result } from "./Result";
import { texts } from "./texts";

/** Till redeems coupons, one after the other; a scanner types and presses Enter. */
export default function Till() {
  const t = useTexts(texts);
  const me = useMe();
  const field = useRef<HTMLInputElement>(null);
  const [code, setCode] = useState("");
  const [place, setPlace] = useLocalStorage<string | null>({ key: "repartee-till-place", defaultValue: null });
  const [latest, setLatest] = useState<Outcome[]>([]);
  const places = useObjects<PlaceObject>("places").map(({ name, title }) => ({ value: name, label: title }));
  const redeem = useMutation({
    mutationFn: async (code: string): Promise<Outcome> => {
      try {
        const coupon = await api.post<Redeemed>("/coupons/redeem", { code, ...(place && { place }) });
        return { code, at: new Date().toISOString(), kind: "good", coupon };
      } catch (error) {
        return failed(code, error);
      }
    },
    onSuccess: (outcome) => {
      setLatest((before) => [outcome, ...before].slice(0, 10));
      field.current?.focus();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = cleaned(code);
    if (!wanted || redeem.isPending) return;
    setCode(""); // the next scan types into an empty field
    redeem.mutate(wanted);
  };
  return (
    <Page title={t.title} description={t.description}>
      <Stack gap="lg">
        <Card>
          <form onSubmit={submit}>
            <Group align="flex-end" gap="sm">
              <TextInput
                ref={field}
                label={t.code}
                size="xl"
                autoFocus
                autoComplete="off"
                autoCapitalize="characters"
                spellCheck={false}
                maxLength={60}
                style={{ flex: "1 1 16rem" }}
                styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", letterSpacing: "0.06em" } }}
                value={code}
                onChange={(event) => { setCode(event.currentTarget.value); }}
              />
              <Button type="submit" size="xl" loading={redeem.isPending} disabled={!cleaned(code) && !redeem.isPending}>
                {t.redeem}
              </Button>
            </Group>
          </form>
          <Group mt="md" align="flex-end" justify="space-between">
            <Select label={t.place} placeholder={t.noPlace} data={places} value={place} onChange={setPlace} clearable w="18rem" maw="100%" />
            <Text size="sm" c="dimmed">
              {t.till(me.name)}
            </Text>
          </Group>
        </Card>
        <div aria-live="assertive" aria-atomic="true">
          {latest[0] && <Result key={latest[0].at} outcome={latest[0]} />}
        </div>
        <Latest outcomes={latest} />
      </Stack>
    </Page>
  );
}

function Latest({ outcomes }: { outcomes: Outcome[] }) {
  const t = useTexts(texts);
  const format = useFormat();
  return (
    <section>
      <Title order={2} mb="sm">
        {t.latest}
      </Title>
      {outcomes.length === 0 ? (
        <Text c="dimmed">{t.none}</Text>
      ) : (
        <Card padding={0}>
          <Table verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.when}</Table.Th>
                <Table.Th>{t.code}</Table.Th>
                <Table.Th>{t.result}</Table.Th>
                <Table.Th visibleFrom="sm">{t.offer}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {outcomes.map((outcome) => (
                <Table.Tr key={outcome.at}>
                  <Table.Td>{format.time(outcome.at)}</Table.Td>
                  <Table.Td ff="monospace" style={{ overflowWrap: "anywhere" }}>{outcome.code}</Table.Td>
                  <Table.Td><Mark kind={outcome.kind} /></Table.Td>
                  <Table.Td visibleFrom="sm">{outcome.kind === "good" && outcome.coupon.title}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
    </section>
  );
}
