import { Badge, Button, Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../../api/client";
import { sessionQuery, useMe } from "../../api/session";
import type { Schema } from "../../api/types";
import { useAction } from "../../components";
import { useTexts } from "../../i18n";
import { DropForm } from "./DropForm";
import { Part } from "./Part";
import { RecoveryCodes } from "./RecoveryCodes";
import { texts } from "./texts";
import { TotpForm } from "./TotpForm";

type Step = { at: "scan"; secret: Schema<"TOTPSecret"> } | { at: "codes"; codes: string[] } | { at: "drop" };

/** SecondFactor sets the second factor up, and drops it. */
export function SecondFactor() {
  const t = useTexts(texts);
  const { totp } = useMe();
  const client = useQueryClient();
  const [step, setStep] = useState<Step>();
  const begin = useAction(() => api.post<Schema<"TOTPSecret">>("/me/totp"), (secret) => { setStep({ at: "scan", secret }); });
  const refresh = () => Promise.all([client.invalidateQueries(sessionQuery), client.invalidateQueries({ queryKey: ["sessions"] })]);
  const close = () => { setStep(undefined); };
  const title = step?.at === "codes" ? t.recoveryTitle : t.totpTitle;
  return (
    <Part
      title={t.totpTitle}
      text={totp ? t.totpOn : t.totpOff}
      aside={<Badge color={totp ? "teal" : "gray"}>{totp ? t.on : t.off}</Badge>}
    >
      {totp ? (
        <Button variant="default" onClick={() => { setStep({ at: "drop" }); }}>
          {t.drop}
        </Button>
      ) : (
        <Button variant="default" w="fit-content" loading={begin.isPending} onClick={() => { begin.mutate(undefined); }}>
          {t.begin}
        </Button>
      )}
      <Modal opened={step !== undefined} onClose={close} title={title} closeOnClickOutside={step?.at === "drop"} closeOnEscape={step?.at !== "codes"} withCloseButton={step?.at !== "codes"}>
        {step?.at === "scan" && <TotpForm secret={step.secret} done={(codes) => { setStep({ at: "codes", codes }); return refresh(); }} />}
        {step?.at === "codes" && <RecoveryCodes codes={step.codes} done={close} />}
        {step?.at === "drop" && <DropForm done={() => { close(); return refresh(); }} />}
      </Modal>
    </Part>
  );
}
