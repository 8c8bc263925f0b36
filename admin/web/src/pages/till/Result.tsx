import { Badge, Group, Text, Title } from "@mantine/core";
import { IconCircleCheck, IconCircleX, IconHelpCircle } from "@tabler/icons-react";

import { messageOf } from "../../components";
import { common, useLanguage, useTexts } from "../../i18n";
import { moneyOf } from "../../i18n/money";
import type { Outcome } from "./outcome";
import { texts } from "./texts";
import classes from "./till.module.css";

const looks = {
  good: { color: "teal", icon: IconCircleCheck },
  bad: { color: "red", icon: IconCircleX },
  unknown: { color: "yellow", icon: IconHelpCircle },
} as const;

/** Result tells across the counter what became of a coupon: by a word and a sign, and by colour. */
export function Result({ outcome }: { outcome: Outcome }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const Icon = looks[outcome.kind].icon;
  return (
    <div className={classes.result} data-kind={outcome.kind}>
      <Icon size={72} stroke={1.6} aria-hidden className={classes.sign} />
      <div style={{ minWidth: 0 }}>
        <Title order={2} className={classes.word}>
          {t[outcome.kind]}
        </Title>
        {outcome.kind === "good" ? (
          <Good outcome={outcome} />
        ) : (
          <Text size="lg">
            {messageOf(outcome.error, c.errors)}
            {outcome.kind === "unknown" && ` ${t.unknownText}`}
          </Text>
        )}
        <Text ff="monospace" mt={4} style={{ overflowWrap: "anywhere" }}>
          {outcome.code}
        </Text>
      </div>
    </div>
  );
}

function Good({ outcome: { coupon } }: { outcome: Extract<Outcome, { kind: "good" }> }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const hasAmount = Number.parseFloat(coupon.amount) > 0;
  return (
    <>
      <Text size="xl" fw={600}>
        {coupon.title || coupon.offer}
        {hasAmount && ` · ${moneyOf(coupon.amount, language)}`}
      </Text>
      <Text>
        {[coupon.program, coupon.variant && `${t.variant} ${coupon.variant}`, coupon.place && `${t.issuedFor} ${coupon.place}`].filter(Boolean).join(" · ")}
      </Text>
      <Text>{t.goodText}</Text>
    </>
  );
}

/** Mark is the result in a list. */
export function Mark({ kind }: { kind: Outcome["kind"] }) {
  const t = useTexts(texts);
  const { color, icon: Icon } = looks[kind];
  return (
    <Badge color={color} size="lg">
      <Group gap={4} wrap="nowrap">
        <Icon size={15} aria-hidden />
        {t[kind]}
      </Group>
    </Badge>
  );
}
