import { Alert, Anchor, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { IconMessages, IconUserQuestion } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, ApiError, segment, type Tagged } from "../../api/client";
import { useCursorList } from "../../api/lists";
import type { Contact, ThreadItem } from "../../api/types";
import { ErrorState, Page, phoneText, RelativeTime, Skeletons } from "../../components";
import { PhoneActions, StandingOf } from "../../components/consents";
import { useTexts } from "../../i18n";
import { ProfileForm } from "./ProfileForm";
import { texts } from "./texts";

/** One is what is known of one person: profile, consents, conversations. */
export function One({ msisdn }: { msisdn: string }) {
  const t = useTexts(texts);
  const path = `/contacts/${segment(msisdn)}`;
  const found = useQuery({
    queryKey: [path],
    queryFn: async ({ signal }): Promise<Tagged<Contact> | null> => {
      try {
        return await api.tagged<Contact>(path, { signal });
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null; // a phone can have consents without a profile
        throw error;
      }
    },
    refetchOnWindowFocus: false, // what is being typed stays
  });
  const contact = found.data?.data;
  const name = [contact?.first_name, contact?.last_name].filter(Boolean).join(" ");
  return (
    <Page title={name || phoneText(msisdn)} description={name ? phoneText(msisdn) : ""} actions={<PhoneActions msisdn={msisdn} />} above={<Anchor component={Link} to="/contacts" size="sm">{t.title}</Anchor>}>
      {found.error && !found.data && <ErrorState error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Skeletons count={3} height={180} gap={16} />}
      {found.data !== undefined && (
        <Stack>
          {found.data === null && (
            <Alert color="gray" variant="light" icon={<IconUserQuestion size={18} />} title={t.unknownTitle}>
              {t.unknownText}
            </Alert>
          )}
          <Card component="section">
            <Group justify="space-between" mb="md">
              <Title order={2}>{t.profile}</Title>
              {contact && <Text size="xs" c="dimmed">{t.created} <RelativeTime at={contact.created_at} /></Text>}
            </Group>
            {/* Another version is another form. */}
            <ProfileForm key={found.data?.etag ?? "new"} msisdn={msisdn} contact={contact} etag={found.data?.etag} reload={() => found.refetch()} />
          </Card>
          <Threads msisdn={msisdn} />
          <StandingOf msisdn={msisdn} />
        </Stack>
      )}
    </Page>
  );
}

function Threads({ msisdn }: { msisdn: string }) {
  const t = useTexts(texts);
  const { items, isPending } = useCursorList<ThreadItem>("/threads", { search: msisdn });
  const codes = items.filter((item) => item.msisdn === msisdn).map((item) => item.short_code);
  return (
    <Card component="section">
      <Title order={2} mb="sm">{t.threads}</Title>
      {!isPending && codes.length === 0 && <Text c="dimmed">{t.noThreads}</Text>}
      <Group gap="sm">
        {codes.map((code) => (
          <Button key={code} component={Link} to={`/conversations/${code}/${msisdn}`} variant="default" leftSection={<IconMessages size={16} />}>
            {t.openThread(code)}
          </Button>
        ))}
        <Button component={Link} to={`/messages?msisdn=${msisdn}`} variant="subtle" px="xs">
          {t.allMessages}
        </Button>
      </Group>
    </Card>
  );
}
