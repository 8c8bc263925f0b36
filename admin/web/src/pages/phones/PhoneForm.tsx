import { Button, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";

import type { SimulatedCarrier } from "../../api/types";
import { common, useTexts } from "../../i18n";
import { nextNumber, type VirtualPhone } from "./phones";
import { texts } from "./texts";

/** PhoneForm puts a phone on the table. */
export function PhoneForm({ carriers, phones, done }: { carriers: SimulatedCarrier[]; phones: VirtualPhone[]; done: (phone: VirtualPhone) => void }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const proposed = (name: string | null) => {
    const carrier = carriers.find((x) => x.carrier === name);
    return carrier ? nextNumber(carrier, phones) : "";
  };
  const first = carriers[0]?.carrier ?? "";
  const form = useForm<VirtualPhone>({
    initialValues: { carrier: first, number: proposed(first) },
    validate: { number: (number) => (/^[1-9]\d{7,14}$/.test(digits(number)) ? null : c.required) },
  });
  return (
    <form noValidate onSubmit={form.onSubmit(({ carrier, number }) => { done({ carrier, number: digits(number) }); })}>
      <Stack>
        <Select
          label={t.carrier}
          allowDeselect={false}
          data={carriers.map((x) => x.carrier)}
          {...form.getInputProps("carrier")}
          onChange={(carrier) => { form.setValues({ carrier: carrier ?? first, number: proposed(carrier) }); }}
        />
        <TextInput label={t.number} description={t.numberHint} inputMode="tel" data-autofocus {...form.getInputProps("number")} />
        <Button type="submit">{t.add}</Button>
      </Stack>
    </form>
  );
}

const digits = (text: string) => text.replaceAll(/\D/g, "");
