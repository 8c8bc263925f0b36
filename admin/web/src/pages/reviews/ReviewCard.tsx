import { Badge, Blockquote, Button, Card, Group, Kbd, Text } from "@mantine/core";
import type { KeyboardEvent } from "react";
import { Link } from "react-router";

import type { Review } from "../../api/types";
import { Phone, RelativeTime } from "../../components";
import { useTexts } from "../../i18n";
import type { Decision } from "./DecideForm";
import { texts } from "./texts";

const colors = { "opt-out": "red", "wrong-number": "orange", unclear: "yellow" } as const;

interface ReviewCardProps {
  review: Review;
  decide: (decision: Decision) => void;
}

/** ReviewCard shows what a phone wrote, and what the gateway made of it. */
export function ReviewCard({ review, decide }: ReviewCardProps) {
  const t = useTexts(texts);
  return (
    <Card component="article" data-review>
      <Group justify="space-between" gap="xs">
        <Group gap="sm">
          <Badge color={colors[review.kind]}>{t.kinds[review.kind]}</Badge>
          <Text size="sm">
            <Phone number={review.msisdn} fw={550} /> {t.on} {review.short_code}
          </Text>
        </Group>
        <Text size="sm" c="dimmed">
          <RelativeTime at={review.at} />
        </Text>
      </Group>
      <Blockquote my="md" px="md" py="sm" color={colors[review.kind]} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", fontSize: "1.0625rem" }}>
        <span dir="auto">{review.text || "—"}</span>
      </Blockquote>
      <Text size="sm">{t.did[review.kind]}</Text>
      {/^\d/.test(review.rule) && (
        <Text size="xs" c="dimmed">
          {t.rule(review.rule)}
        </Text>
      )}
      {review.closed_at ? <Closed review={review} /> : <Choice review={review} decide={decide} />}
    </Card>
  );
}

function Choice({ review, decide }: ReviewCardProps) {
  const t = useTexts(texts);
  // Keys work where a button of the tray has the focus: nowhere else does a letter do anything.
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === t.keepKey) decide("keep");
    else if (key === t.undoKey && review.kind !== "unclear") decide("undo");
    else if (key === "arrowdown" || key === "arrowup") neighbour(event.currentTarget, key === "arrowdown")?.focus();
    else return;
    event.preventDefault();
  };
  return (
    <Group mt="md" gap="sm">
      <Button data-first variant="light" rightSection={<Kbd size="xs" aria-hidden visibleFrom="sm">{t.keepKey.toUpperCase()}</Kbd>} onKeyDown={onKeyDown} onClick={() => { decide("keep"); }}>
        {t.keep}
      </Button>
      {review.kind !== "unclear" && (
        <Button variant="default" rightSection={<Kbd size="xs" aria-hidden visibleFrom="sm">{t.undoKey.toUpperCase()}</Kbd>} onKeyDown={onKeyDown} onClick={() => { decide("undo"); }}>
          {t.undo}
        </Button>
      )}
      <Button component={Link} to={`/consent/${review.msisdn}`} variant="subtle" color="gray">
        {t.suppress}
      </Button>
    </Group>
  );
}

/** neighbour is the first button of the next open review, or of the one before. */
function neighbour(from: HTMLElement, next: boolean): HTMLElement | undefined {
  const buttons = [...document.querySelectorAll<HTMLElement>("[data-review] [data-first]")];
  const here = buttons.findIndex((button) => button.closest("[data-review]") === from.closest("[data-review]"));
  return buttons[here + (next ? 1 : -1)];
}

function Closed({ review }: { review: Review }) {
  const t = useTexts(texts);
  return (
    <Text size="sm" mt="md">
      <Badge color={review.decision === "undone" ? "orange" : "teal"} mr="xs">
        {review.decision === "undone" ? t.undone : t.kept}
      </Badge>
      {review.closed_by && t.closed(review.closed_by)}, {review.closed_at && <RelativeTime at={review.closed_at} />}
      {review.reason && `: ${review.reason}`}
    </Text>
  );
}
