import { Text, Timeline } from "@mantine/core";
import { IconBan, IconCheck, IconEraser, IconHourglass, IconPlayerPause, IconPlayerPlay, IconArrowBackUp, IconNote } from "@tabler/icons-react";

import type { LedgerLine } from "../../api/types";
import { useTexts } from "../../i18n";
import { RelativeTime } from "../RelativeTime";
import { named, texts } from "./texts";

const looks: Record<string, { icon: typeof IconBan; color: string }> = {
  "opt-out": { icon: IconBan, color: "red" },
  "opt-in": { icon: IconCheck, color: "teal" },
  confirmed: { icon: IconCheck, color: "teal" },
  pending: { icon: IconHourglass, color: "yellow" },
  paused: { icon: IconPlayerPause, color: "orange" },
  resumed: { icon: IconPlayerPlay, color: "teal" },
  undone: { icon: IconArrowBackUp, color: "orange" },
  erased: { icon: IconEraser, color: "gray" },
};

/** Ledger tells how a phone's consent came to be, the newest first. */
export function Ledger({ lines }: { lines: LedgerLine[] }) {
  const t = useTexts(texts);
  if (lines.length === 0) return <Text c="dimmed">{t.noLedger}</Text>;
  return (
    <Timeline bulletSize={26} lineWidth={2} active={lines.length}>
      {lines.toReversed().map((line) => {
        const { icon: Icon, color } = looks[line.event] ?? { icon: IconNote, color: "gray" };
        return (
          <Timeline.Item key={line.id} color={color} bullet={<Icon size={15} aria-hidden />} title={titleOf(line, t)}>
            <Facts line={line} />
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}

function titleOf(line: LedgerLine, t: { events: Record<string, string>; scopes: Record<string, string> }): string {
  const where = [line.program, line.short_code].filter(Boolean).join(", ");
  const scope = line.scope && line.scope !== "code" && line.scope !== "program" ? named(line.scope, t.scopes) : "";
  return [named(line.event, t.events), where, scope].filter(Boolean).join(" · ");
}

/** textOf is a fact, if it is one that people read. */
const textOf = (fact: unknown): string => (typeof fact === "string" ? fact : "");

function Facts({ line: { text, facts } }: { line: LedgerLine }) {
  const t = useTexts(texts);
  const at = textOf(facts["at"]);
  const who = [named(textOf(facts["actor"]), t.actors), textOf(facts["by"])].filter(Boolean).join(", ");
  const told = [
    [t.wrote, text],
    [t.shown, textOf(facts["shown"])],
    [t.source, textOf(facts["source"])],
    [t.rule, textOf(facts["rule"])],
  ] as const;
  return (
    <>
      <Text size="sm" c="dimmed">
        {at && <RelativeTime at={at} />}
        {who && ` · ${t.by} ${who}`}
        {textOf(facts["reason"]) && ` · ${textOf(facts["reason"])}`}
      </Text>
      {told.map(
        ([name, value]) =>
          value && (
            <Text key={name} size="sm" mt={2} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
              <Text span inherit c="dimmed">
                {name}{" "}
              </Text>
              <span dir="auto">{value}</span>
            </Text>
          ),
      )}
    </>
  );
}
