import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";

import { api } from "../../api/client";
import type { Review } from "../../api/types";
import { FormProblem, useSubmit } from "../../components";
import { reasonGiven } from "../../components/consents";
import { common, useTexts } from "../../i18n";
import { texts } from "./texts";

export type Decision = "keep" | "undo";

/** DecideForm closes a review, with the reason for the record. Enter takes the usual one. */
export function DecideForm({ review, decision, done }: { review: Review; decision: Decision; done: () => unknown }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const form = useForm({ initialValues: { reason: t.usual[decision] }, validate: { reason: reasonGiven(c.reasonHint) } });
  const { onSubmit, busy, problem } = useSubmit(form, (values) => api.post(`/reviews/${review.id}/${decision}`, values), done);
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <FormProblem problem={problem} />
        <Text>{decision === "keep" ? t.keepText : t.undoText[review.kind]}</Text>
        <TextInput label={c.reason} description={c.reasonHint} maxLength={500} data-autofocus onFocus={(event) => { event.currentTarget.select(); }} {...form.getInputProps("reason")} />
        <Button type="submit" loading={busy}>
          {t[decision]}
        </Button>
      </Stack>
    </form>
  );
}
