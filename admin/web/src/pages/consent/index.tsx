import { Button, Group, Stack, TextInput, Title } from "@mantine/core";
import { IconSearch, IconShieldCheck } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { useNavigate, useParams } from "react-router";

import { useMay, useMe } from "../../api/session";
import { EmptyState, Page, Phone } from "../../components";
import { PhoneActions, StandingOf } from "../../components/consents";
import { useTexts } from "../../i18n";
import { Files } from "./Files";
import { texts } from "./texts";

/** Consent looks up what a phone agreed to, and takes and gives whole lists. */
export default function Consent() {
  const t = useTexts(texts);
  const me = useMe();
  const seesPhones = useMay("see-phones");
  const msisdn = useParams()["*"] ?? "";
  return (
    <Page title={t.title} description={t.description}>
      <Stack gap="xl">
        {seesPhones && <LookUp key={msisdn} msisdn={msisdn} />}
        {seesPhones && msisdn && <Found msisdn={msisdn} />}
        {seesPhones && !msisdn && (
          <EmptyState icon={<IconShieldCheck size={26} />} title={t.startTitle}>
            {t.startText}
          </EmptyState>
        )}
        {me.programs.length === 0 && <Files />}
      </Stack>
    </Page>
  );
}

/** digitsOf takes off what people write between the digits. */
const digitsOf = (typed: string): string => typed.replaceAll(/[^\d]/g, "").replace(/^00/, "");

function LookUp({ msisdn }: { msisdn: string }) {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const [typed, setTyped] = useState(msisdn && `+${msisdn}`);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (digitsOf(typed)) void navigate(`/consent/${digitsOf(typed)}`);
  };
  return (
    <form onSubmit={submit} role="search" aria-label={t.lookUp}>
      <Group align="flex-end" gap="sm">
        <TextInput
          label={t.phone}
          description={t.phoneHint}
          inputMode="tel"
          autoComplete="off"
          style={{ flex: "1 1 14rem", maxWidth: "24rem" }}
          value={typed}
          onChange={(event) => { setTyped(event.currentTarget.value); }}
        />
        <Button type="submit" leftSection={<IconSearch size={16} />}>
          {t.show}
        </Button>
      </Group>
    </form>
  );
}

function Found({ msisdn }: { msisdn: string }) {
  return (
    <section>
      <Group justify="space-between" mb="md">
        <Title order={2}>
          <Phone number={msisdn} />
        </Title>
        <PhoneActions msisdn={msisdn} />
      </Group>
      <StandingOf msisdn={msisdn} />
    </section>
  );
}
