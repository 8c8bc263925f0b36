import { Button, Group, Modal } from "@mantine/core";
import { IconBan, IconDownload, IconEraser, IconLockOpen } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { segment, urlOf } from "../../api/client";
import { useMay, useMe } from "../../api/session";
import { useTexts } from "../../i18n";
import { phoneText } from "../Phone";
import { EraseForm, LiftForm, SuppressForm } from "./forms";
import { useStanding } from "./StandingOf";
import { texts } from "./texts";

/** PhoneActions is what can be done for a phone: stop it, let it again, hand out or erase all that is stored. */
export function PhoneActions({ msisdn }: { msisdn: string }) {
  const t = useTexts(texts);
  const me = useMe();
  const may = useMay("change-people");
  const client = useQueryClient();
  const { data, isError } = useStanding(msisdn);
  const [open, setOpen] = useState<"suppress" | "lift" | "erase">();
  const close = () => { setOpen(undefined); };
  const done = () => {
    close();
    const paths = [`/consents/${segment(msisdn)}`, `/contacts/${segment(msisdn)}`, "/contacts", "/threads"];
    return Promise.all(paths.map((path) => client.invalidateQueries({ queryKey: [path] })));
  };
  if (!may || me.programs.length > 0) return null; // it concerns all programs
  if (isError && !data) return null; // it is no phone
  const phone = phoneText(msisdn);
  const listed = data !== undefined && data.listed.length > 0;
  const titles = { suppress: t.suppressTitle(phone), lift: t.liftTitle(phone), erase: t.eraseTitle(phone) };
  return (
    <Group gap="sm">
      <Button variant="default" leftSection={<IconBan size={16} />} onClick={() => { setOpen("suppress"); }}>
        {t.suppress}
      </Button>
      {listed && (
        <Button variant="default" leftSection={<IconLockOpen size={16} />} onClick={() => { setOpen("lift"); }}>
          {t.lift}
        </Button>
      )}
      <Button component="a" href={urlOf(`/contacts/${segment(msisdn)}/export`)} download={`${msisdn}.json`} variant="default" leftSection={<IconDownload size={16} />}>
        {t.export}
      </Button>
      <Button variant="light" color="red" leftSection={<IconEraser size={16} />} onClick={() => { setOpen("erase"); }}>
        {t.erase}
      </Button>
      <Modal opened={open !== undefined} onClose={close} title={open && titles[open]}>
        {open === "suppress" && <SuppressForm msisdn={msisdn} done={done} />}
        {open === "lift" && <LiftForm msisdn={msisdn} done={done} />}
        {open === "erase" && <EraseForm msisdn={msisdn} done={done} />}
      </Modal>
    </Group>
  );
}
