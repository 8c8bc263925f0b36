import { Alert, Button, Modal, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAntenna, IconPlugConnectedX, IconSend } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api } from "../../api/client";
import { every } from "../../api/live";
import { useMay } from "../../api/session";
import type { Carrier, List } from "../../api/types";
import { EmptyState, ErrorState, Page, Skeletons } from "../../components";
import { useTexts } from "../../i18n";
import { CarrierCard } from "./CarrierCard";
import { TestSend } from "./TestSend";
import { texts } from "./texts";

/** Carriers shows the binds to the carriers as they are now. */
export default function Carriers() {
  const t = useTexts(texts);
  const sends = useMay("send");
  const operates = useMay("operate");
  const [testing, { open, close }] = useDisclosure();
  const { data, error, refetch } = useQuery({ queryKey: ["/carriers"], queryFn: ({ signal }) => api.get<List<Carrier>>("/carriers", { signal }), refetchInterval: every.carriers });
  const carriers = data?.items ?? [];
  const test = sends && carriers.length > 0 && (
    <Button leftSection={<IconSend size={18} />} onClick={open}>
      {t.test}
    </Button>
  );
  return (
    <Page title={t.title} description={t.description} actions={test}>
      {!data && (error ? <ErrorState error={error} retry={() => void refetch()} /> : <Skeletons count={2} height={280} gap={16} />)}
      {data && carriers.length === 0 && (
        <EmptyState icon={<IconAntenna size={26} />} title={t.emptyTitle} action={operates && <Button component={Link} to="/settings/objects/carriers">{t.add}</Button>}>
          {t.emptyText}
        </EmptyState>
      )}
      <Stack>
        {data && error && <Alert color="yellow" icon={<IconPlugConnectedX size={18} />}>{t.stale}</Alert>}
        {carriers.map((carrier) => <CarrierCard key={carrier.name} carrier={carrier} />)}
      </Stack>
      <Modal opened={testing} onClose={close} title={t.testTitle}>
        <TestSend />
      </Modal>
    </Page>
  );
}
