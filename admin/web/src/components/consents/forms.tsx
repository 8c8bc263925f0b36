import { Button, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";

import { api, segment } from "../../api/client";
import { common, useFormat, useTexts } from "../../i18n";
import { FormProblem } from "../FormProblem";
import { phoneText } from "../Phone";
import { useSubmit } from "../useSubmit";
import { reasonGiven } from "./reason";
import { texts } from "./texts";

interface FormProps {
  msisdn: string;
  done: () => unknown;
}

const told = (message: string) => { notifications.show({ color: "teal", message }); };

/** SuppressForm stops a phone. */
export function SuppressForm({ msisdn, done }: FormProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const form = useForm({ initialValues: { scope: "everywhere", reason: "" }, validate: { reason: reasonGiven(c.reasonHint) } });
  const { onSubmit, busy, problem } = useSubmit(
    form,
    (values) => api.post<{ changed: number }>("/suppressions", { msisdn, ...values }),
    ({ changed }) => {
      told((changed > 0 ? t.suppressed : t.alreadyListed)(phoneText(msisdn)));
      return done();
    },
  );
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text>{t.suppressText}</Text>
        <FormProblem problem={problem} />
        <Radio.Group label={t.scope} {...form.getInputProps("scope")}>
          <Stack gap="xs" mt={6}>
            <Radio value="everywhere" label={t.everywhere} />
            <Radio value="marketing" label={t.marketing} />
          </Stack>
        </Radio.Group>
        <TextInput label={c.reason} description={c.reasonHint} maxLength={500} {...form.getInputProps("reason")} />
        <Button type="submit" loading={busy}>
          {t.suppress}
        </Button>
      </Stack>
    </form>
  );
}

/** LiftForm takes a phone off the list. */
export function LiftForm({ msisdn, done }: FormProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const form = useForm({ initialValues: { reason: "" }, validate: { reason: reasonGiven(c.reasonHint) } });
  const { onSubmit, busy, problem } = useSubmit(form, (values) => api.post(`/suppressions/${segment(msisdn)}/lift`, values), () => {
    told(t.lifted(phoneText(msisdn)));
    return done();
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text>{t.liftText}</Text>
        <FormProblem problem={problem} />
        <TextInput label={c.reason} description={c.reasonHint} maxLength={500} data-autofocus {...form.getInputProps("reason")} />
        <Button type="submit" loading={busy}>
          {t.lift}
        </Button>
      </Stack>
    </form>
  );
}

/** EraseForm erases everything about a phone but its refusals. */
export function EraseForm({ msisdn, done }: FormProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const format = useFormat();
  const form = useForm({ initialValues: { reason: "" }, validate: { reason: reasonGiven(c.reasonHint) } });
  const { onSubmit, busy, problem } = useSubmit(
    form,
    (values) => api.post<Record<string, number>>(`/contacts/${segment(msisdn)}/erase`, values),
    (gone) => {
      const rows = Object.values(gone).reduce((sum, n) => sum + n, 0);
      notifications.show({ color: "teal", title: t.erased(phoneText(msisdn)), message: t.erasedRows(format.number(rows)) });
      return done();
    },
  );
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text>{t.eraseText}</Text>
        <FormProblem problem={problem} />
        <TextInput label={c.reason} description={c.reasonHint} placeholder={t.eraseFor} maxLength={500} data-autofocus {...form.getInputProps("reason")} />
        <Button type="submit" color="red" loading={busy}>
          {t.erase}
        </Button>
      </Stack>
    </form>
  );
}
