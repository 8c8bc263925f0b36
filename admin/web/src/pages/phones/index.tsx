import { Button, Modal, SimpleGrid } from "@mantine/core";
import { IconDeviceMobile, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../../api/client";
import type { List, SimulatedCarrier } from "../../api/types";
import { EmptyState, ErrorState, Page, Skeletons } from "../../components";
import { useTexts } from "../../i18n";
import { Handset } from "./Handset";
import { Journeys } from "./Journeys";
import { PhoneForm } from "./PhoneForm";
import { samePhone, usePhones, type VirtualPhone } from "./phones";
import { texts } from "./texts";

/** Phones shows phones on the demo's simulated carriers, and the way of what they text. */
export default function Phones() {
  const t = useTexts(texts);
  const { data, error, refetch } = useQuery({ queryKey: ["/phones"], queryFn: ({ signal }) => api.get<List<SimulatedCarrier>>("/phones", { signal }) });
  if (data) return <Table carriers={data.items ?? []} />;
  return (
    <Page title={t.title} description={t.description}>
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : <Skeletons height={120} />}
    </Page>
  );
}

function Table({ carriers }: { carriers: SimulatedCarrier[] }) {
  const t = useTexts(texts);
  const { phones, add, remove } = usePhones(carriers);
  const [adding, setAdding] = useState(false);
  const [looked, setLooked] = useState<VirtualPhone>();
  const shown = phones.find((p) => looked && samePhone(p, looked)) ?? phones[0];
  const button = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => { setAdding(true); }}>
      {t.add}
    </Button>
  );
  return (
    <Page title={t.title} description={t.description} actions={phones.length > 0 && button} wide>
      {phones.length === 0 && (
        <EmptyState icon={<IconDeviceMobile size={26} />} title={t.noneTitle} action={button}>
          {t.noneText}
        </EmptyState>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
        {phones.map((phone) => (
          <Handset
            key={`${phone.carrier} ${phone.number}`}
            phone={phone}
            codes={carriers.find((c) => c.carrier === phone.carrier)?.short_codes ?? []}
            onText={() => { setLooked(phone); }}
            onRemove={() => { remove(phone); }}
          />
        ))}
      </SimpleGrid>
      {shown && <Journeys phones={phones} shown={shown} onShow={setLooked} />}
      <Modal opened={adding} onClose={() => { setAdding(false); }} title={t.addTitle}>
        <PhoneForm carriers={carriers} phones={phones} done={(phone) => { add(phone); setAdding(false); }} />
      </Modal>
    </Page>
  );
}
