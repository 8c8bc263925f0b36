import { Button, Code, Drawer, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowDownLeft, IconArrowUpRight, IconListDetails } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { api, segment } from "../../api/client";
import { every } from "../../api/live";
import type { List, PDU } from "../../api/types";
import { ErrorState, Skeletons } from "../../components";
import { useFormat, useTexts } from "../../i18n";
import classes from "./carriers.module.css";
import { texts } from "./texts";

/** Traffic opens the newest PDUs of a carrier. */
export function Traffic({ name }: { name: string }) {
  const t = useTexts(texts);
  const [opened, { open, close }] = useDisclosure();
  return (
    <div>
      <Button variant="subtle" size="compact-sm" mt="sm" leftSection={<IconListDetails size={16} />} onClick={open}>
        {t.traffic}
      </Button>
      <Drawer opened={opened} onClose={close} position="right" size="xl" title={`${name}: ${t.traffic}`}>
        <PDUs name={name} />
      </Drawer>
    </div>
  );
}

function PDUs({ name }: { name: string }) {
  const t = useTexts(texts);
  const format = useFormat();
  const path = `/carriers/${segment(name)}/pdus`;
  const { data, error, refetch } = useQuery({ queryKey: [path], queryFn: ({ signal }) => api.get<List<PDU>>(path, { signal }), refetchInterval: every.carriers });
  if (!data) return error ? <ErrorState error={error} retry={() => void refetch()} /> : <Skeletons count={8} height={28} />;
  const pdus = data.items ?? [];
  if (pdus.length === 0) return <Text c="dimmed">{t.noTraffic}</Text>;
  return (
    <>
      <Text size="sm" c="dimmed">{t.trafficText}</Text>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t.time}</th>
            <th scope="col">{t.pdu}</th>
            <th scope="col">{t.details}</th>
          </tr>
        </thead>
        <tbody>
          {pdus.map((pdu) => (
            <tr key={`${pdu.at} ${pdu.direction} ${pdu.role}${pdu.slot} ${pdu.sequence}`}>
              <td className={classes.figure}><time dateTime={pdu.at}>{format.timeExactly(pdu.at)}</time></td>
              <td><Command pdu={pdu} /></td>
              <td className={classes.figure}><Text size="xs" style={{ overflowWrap: "anywhere" }}>{detailsOf(pdu, t.octets(format.number(pdu.length)))}</Text></td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Command({ pdu: { direction, command, status } }: { pdu: PDU }) {
  const t = useTexts(texts);
  const [Arrow, name] = direction === "out" ? [IconArrowUpRight, t.wrote] : [IconArrowDownLeft, t.read];
  return (
    <>
      <Arrow size={15} role="img" aria-label={name} style={{ verticalAlign: "middle" }} /> <Code>{command}</Code>
      {status && <Text size="xs" c="dimmed">{status}</Text>}
    </>
  );
}

const detailsOf = ({ role, slot, sequence, from, to, message_id }: PDU, size: string): string =>
  [`${role} ${slot + 1}`, `#${sequence}`, from && to ? `${from} → ${to}` : undefined, message_id, size].filter(Boolean).join(" · ");
