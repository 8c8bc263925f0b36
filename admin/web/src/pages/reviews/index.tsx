import { Modal, SegmentedControl, Group, Stack, Text } from "@mantine/core";
import { IconClipboardCheck } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useCursorList } from "../../api/lists";
import type { Review } from "../../api/types";
import { EmptyState, ErrorState, Page, phoneText, Skeletons } from "../../components";
import { useTexts } from "../../i18n";
import { DecideForm, type Decision } from "./DecideForm";
import { ReviewCard } from "./ReviewCard";
import { texts } from "./texts";

/** Reviews is the tray of readings that a person should look at. */
export default function Reviews() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const [all, setAll] = useState(false);
  const [asking, setAsking] = useState<{ review: Review; decision: Decision }>();
  const list = useCursorList<Review>("/reviews", { all: all || undefined }, { every: 15_000 });
  const items = all ? list.items.toReversed() : list.items; // what is open, the oldest first; of all, the newest
  return (
    <Page
      title={t.title}
      description={t.description}
      actions={
        <SegmentedControl
          aria-label={t.readings}
          data={[{ value: "open", label: t.open }, { value: "all", label: t.all }]}
          value={all ? "all" : "open"}
          onChange={(value) => { setAll(value === "all"); }}
        />
      }
    >
      {list.isPending && <Skeletons count={3} height={170} gap={16} />}
      {list.error && items.length === 0 && <ErrorState error={list.error} retry={list.retry} />}
      {!list.isPending && !list.error && items.length === 0 && (
        <EmptyState icon={<IconClipboardCheck size={26} />} title={t.emptyTitle}>
          {t.emptyText}
        </EmptyState>
      )}
      {items.length > 0 && (
        <Stack gap="md">
          {items.map((review) => <ReviewCard key={review.id} review={review} decide={(decision) => { setAsking({ review, decision }); }} />)}
          <Group justify="center" visibleFrom="sm">
            <Text size="xs" c="dimmed">
              {t.keys}
            </Text>
          </Group>
        </Stack>
      )}
      <Modal
        opened={asking !== undefined}
        onClose={() => { setAsking(undefined); }}
        title={asking && (asking.decision === "keep" ? t.keepOf : t.undoOf)(phoneText(asking.review.msisdn))}
      >
        {asking && (
          <DecideForm
            {...asking}
            done={() => {
              setAsking(undefined);
              return client.invalidateQueries({ queryKey: ["/reviews"] });
            }}
          />
        )}
      </Modal>
    </Page>
  );
}
