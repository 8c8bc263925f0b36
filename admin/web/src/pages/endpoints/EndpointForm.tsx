import { Button, Checkbox, Group, SimpleGrid, Stack, Switch, TagsInput, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";

import { api } from "../../api/client";
import { useMe } from "../../api/session";
import { FormProblem, useSubmit } from "../../components";
import { common, useTexts } from "../../i18n";
import type { Endpoint } from "./data";
import { eventTypes, texts } from "./texts";

interface EndpointFormProps {
  /** The endpoint to change; without one, the form makes one. */
  endpoint?: Endpoint;
  done: (endpoint: Endpoint) => unknown;
}

/** EndpointForm makes an event endpoint, or changes one. */
export function EndpointForm({ endpoint, done }: EndpointFormProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const me = useMe();
  const form = useForm({
    initialValues: {
      name: endpoint?.name ?? "",
      url: endpoint?.url ?? "",
      events: (endpoint?.events ?? ["message.received"]) as string[],
      programs: endpoint?.programs ?? [],
      include_text: endpoint?.include_text ?? false,
      private: endpoint?.private ?? false,
    },
    validate: { name: isNotEmpty(c.required), url: isNotEmpty(c.required), events: isNotEmpty(t.eventsRequired) },
  });
  const send = (values: typeof form.values) =>
    endpoint ? api.patch<Endpoint>(`/endpoints/${endpoint.id}`, values) : api.post<Endpoint>("/endpoints", values);
  const { onSubmit, busy, problem } = useSubmit(form, send, done);
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <FormProblem problem={problem} />
        <TextInput label={c.name} description={t.nameHint} maxLength={60} data-autofocus {...form.getInputProps("name")} />
        <TextInput label={t.address} description={t.addressHint} type="url" placeholder="https://crm.example.com/sms" maxLength={500} {...form.getInputProps("url")} />
        <Checkbox.Group label={t.eventsLabel} {...form.getInputProps("events")}>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" mt="xs">
            {eventTypes.map((type) => (
              <Checkbox key={type} value={type} label={t.types[type]} description={type} />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
        <TagsInput label={c.programs} description={t.programsHint} clearable splitChars={[",", " "]} {...form.getInputProps("programs")} />
        <Switch label={t.includeText} description={t.includeTextHint} {...form.getInputProps("include_text", { type: "checkbox" })} />
        {(me.programs.length === 0 || endpoint?.private) && (
          <Switch label={t.private} description={t.privateHint} {...form.getInputProps("private", { type: "checkbox" })} />
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {endpoint ? t.save : t.make}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
