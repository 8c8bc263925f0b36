import { ActionIcon, Alert, Button, Group, SimpleGrid, Stack, TagsInput, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, ApiError, segment } from "../../api/client";
import { useMay } from "../../api/session";
import type { Contact } from "../../api/types";
import { FormProblem, useSubmit } from "../../components";
import { common, useTexts } from "../../i18n";
import { fieldsOf, keptOf, twice } from "./fields";
import { texts } from "./texts";

interface ProfileFormProps {
  msisdn: string;
  /** Absent: nothing is known yet, and saving makes the contact. */
  contact: Contact | undefined;
  etag: string | undefined;
  reload: () => unknown;
}

/** ProfileForm shows and changes what is known of a person. */
export function ProfileForm({ msisdn, contact, etag, reload }: ProfileFormProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const changes = useMay("change-people");
  const client = useQueryClient();
  const [overtaken, setOvertaken] = useState(false);
  const form = useProfile(contact);
  const send = ({ fields, language, country, ...values }: typeof form.values) => {
    const doc = { ...values, language: language.toLowerCase(), country: country.toUpperCase(), fields: keptOf(fields) };
    return api.put<Contact>(`/contacts/${segment(msisdn)}`, doc, etag ? { ifMatch: etag } : { headers: { "If-None-Match": "*" } });
  };
  const isOvertaken = (error: unknown) => {
    const is = error instanceof ApiError && error.changed;
    setOvertaken(is);
    return is;
  };
  const { onSubmit, busy, problem } = useSubmit(
    form,
    send,
    async () => {
      notifications.show({ color: "teal", message: c.saved });
      await client.invalidateQueries({ queryKey: ["/contacts"] });
      await reload();
    },
    isOvertaken,
  );
  const input = (name: "first_name" | "last_name" | "language" | "country" | "region" | "postcode" | "time_zone", label: string, maxLength: number, placeholder?: string) => (
    <TextInput label={label} placeholder={placeholder} maxLength={maxLength} readOnly={!changes} autoComplete="off" {...form.getInputProps(name)} />
  );
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        {overtaken && (
          <Alert role="alert" color="yellow" variant="light" title={t.changedTitle}>
            <Text size="sm" mb="xs">{t.changedText}</Text>
            <Button size="compact-sm" variant="default" onClick={() => void reload()}>
              {t.loadTheirs}
            </Button>
          </Alert>
        )}
        <FormProblem problem={problem} />
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
          {input("first_name", t.firstName, 60)}
          {input("last_name", t.lastName, 60)}
          {input("language", t.language, 2, t.languageHint)}
          {input("time_zone", t.timeZone, 60, t.timeZoneHint)}
          {input("country", t.country, 2, t.countryHint)}
          {input("region", t.region, 60)}
          {input("postcode", t.postcode, 20)}
        </SimpleGrid>
        <TagsInput label={t.tags} maxTags={50} readOnly={!changes} clearable={changes} {...form.getInputProps("tags")} />
        <Fields form={form} readOnly={!changes} />
        {changes && (
          <Group justify="flex-end">
            <Button type="submit" loading={busy} disabled={etag !== undefined && !form.isDirty()}>
              {c.save}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}

/** useProfile is the form, filled with what is known. */
function useProfile(contact: Contact | undefined) {
  const t = useTexts(texts);
  return useForm({
    initialValues: {
      first_name: contact?.first_name ?? "",
      last_name: contact?.last_name ?? "",
      language: contact?.language ?? "",
      country: contact?.country ?? "",
      region: contact?.region ?? "",
      postcode: contact?.postcode ?? "",
      time_zone: contact?.time_zone ?? "",
      tags: contact?.tags ?? [],
      fields: fieldsOf(contact?.fields),
    },
    validate: (values) => Object.fromEntries(twice(values.fields).map((i) => [`fields.${i}.name`, t.fieldTwice])),
  });
}

function Fields({ form, readOnly }: { form: ReturnType<typeof useProfile>; readOnly: boolean }) {
  const t = useTexts(texts);
  const { fields } = form.values;
  return (
    <section>
      <Title order={3} fz="sm" fw={500}>{t.fields}</Title>
      <Text size="xs" c="dimmed" mb="xs">{fields.length > 0 || !readOnly ? t.fieldsHint : t.noFields}</Text>
      <Stack gap="xs">
        {fields.map(({ name }, i) => (
          <Group key={i} gap="xs" wrap="nowrap" align="flex-start">
            <TextInput aria-label={t.field} placeholder={t.field} readOnly={readOnly} style={{ flex: 1 }} {...form.getInputProps(`fields.${i}.name`)} />
            <TextInput aria-label={name ? `${t.value}: ${name}` : t.value} placeholder={t.value} readOnly={readOnly} style={{ flex: 2 }} {...form.getInputProps(`fields.${i}.value`)} />
            {!readOnly && (
              <ActionIcon variant="subtle" color="gray" size={36} aria-label={t.removeField(name)} onClick={() => { form.removeListItem("fields", i); }}>
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
      </Stack>
      {!readOnly && (
        <Button variant="subtle" size="compact-sm" mt="xs" leftSection={<IconPlus size={16} />} onClick={() => { form.insertListItem("fields", { name: "", value: "" }); }}>
          {t.addField}
        </Button>
      )}
    </section>
  );
}
