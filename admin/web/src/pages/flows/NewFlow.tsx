import { Box, Button, Card, Group, MultiSelect, Radio, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, useNavigate } from "react-router";

import { api, ApiError, segment } from "../../api/client";
import type { List, Schema } from "../../api/types";
import { ErrorState, FormProblem, Page, Skeletons, useSubmit } from "../../components";
import { common, useLanguage, useTexts } from "../../i18n";
import classes from "./new.module.css";
import { blank, fromTemplate, knownLanguages, longestName, namePattern } from "./draft";
import { languagesOf } from "./panels/texts/model";
import { parseTree } from "./yaml";
import { templateTexts, texts } from "./texts";

type Template = Schema<"Template">;

const sourceOf = async (template: string) => (await api.get<Schema<"Source">>(`/flows/templates/${segment(template)}`)).source;

/** NewFlow makes a draft, of nothing or of a template, and opens it. */
export default function NewFlow() {
  const t = useTexts(texts);
  const c = useTexts(common);
  const { language } = useLanguage();
  const navigate = useNavigate();
  const client = useQueryClient();
  const form = useForm({
    initialValues: { template: "", name: "", title: "", languages: [language] as string[] },
    validate: {
      name: (name) => (!name ? c.required : !namePattern.test(name) ? t.badName : name.length > longestName ? t.longName(longestName) : null),
      languages: (chosen) => (chosen.length === 0 ? c.required : null),
    },
  });
  const send = async ({ template, name, title, languages }: typeof form.values) => {
    const source = template ? fromTemplate(await sourceOf(template), name, title, languages) : blank(name, title, languages);
    return api.put<unknown>(`/flows/${segment(name)}/draft`, { source }, { headers: { "If-None-Match": "*" } });
  };
  const taken = (error: unknown) => {
    if (!(error instanceof ApiError && (error.changed || error.errors.some((e) => e.location === "path.name")))) return false;
    form.setFieldError("name", error.changed ? t.taken : t.reserved);
    return true;
  };
  const { onSubmit, busy, problem } = useSubmit(form, send, async (_, { name }) => {
    await client.invalidateQueries({ queryKey: ["/flows"] });
    await navigate(`/flows/${name}`);
  }, taken);
  const choose = async (template: string) => {
    form.setFieldValue("template", template);
    if (!template) return;
    if (!form.values.name) form.setFieldValue("name", template);
    const source = await client.fetchQuery({ queryKey: ["/flows/templates", template], queryFn: () => sourceOf(template), staleTime: Infinity });
    form.setFieldValue("languages", languagesOf(parseTree(source)));
  };
  return (
    <Page title={t.makeTitle} description={t.makeText}>
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="lg">
          <FormProblem problem={problem} />
          <Card>
            <SimpleGrid cols={{ base: 1, sm: 3 }} verticalSpacing="md">
              <TextInput label={t.name} description={t.nameHint} autoFocus autoComplete="off" spellCheck={false} maxLength={longestName} {...form.getInputProps("name")} />
              <TextInput label={t.titleLabel} description={t.titleHint} maxLength={120} {...form.getInputProps("title")} />
              <LanguagesInput {...form.getInputProps("languages")} />
            </SimpleGrid>
          </Card>
          <Templates value={form.values.template} onChange={(template) => void choose(template).catch(() => undefined)} />
          <Group className={classes.end ?? ""}>
            <Button type="submit" loading={busy}>
              {t.makeIt}
            </Button>
            <Button variant="default" component={Link} to="/flows">
              {c.cancel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Page>
  );
}

function LanguagesInput(props: { value?: string[]; onChange?: (value: string[]) => void; error?: React.ReactNode }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const data = useMemo(() => {
    const names = new Intl.DisplayNames(language, { type: "language" });
    return [...new Set([...knownLanguages, ...(props.value ?? [])])].map((code) => ({ value: code, label: names.of(code) ?? code }));
  }, [language, props.value]);
  return <MultiSelect label={t.languages} description={t.languagesHint} data={data} searchable {...props} />;
}

function Templates({ value, onChange }: { value: string; onChange: (template: string) => void }) {
  const t = useTexts(texts);
  const found = useQuery({ queryKey: ["/flows/templates"], queryFn: ({ signal }) => api.get<List<Template>>("/flows/templates", { signal }), staleTime: Infinity });
  if (found.error) return <ErrorState error={found.error} retry={() => void found.refetch()} />;
  return (
    <Radio.Group value={value} onChange={onChange} label={<Title order={2} size="h3" component="span">{t.beginWith}</Title>}>
      <Box mt="sm">
        {found.isPending ? (
          <Skeletons height={92} count={4} />
        ) : (
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
            <Choice value="" title={t.nothingYet} about={t.nothingYetText} />
            {found.data.items?.map((template) => <TemplateChoice key={template.name} template={template} />)}
          </SimpleGrid>
        )}
      </Box>
    </Radio.Group>
  );
}

function TemplateChoice({ template }: { template: Template }) {
  const own = useTexts(templateTexts)[template.name as keyof typeof templateTexts.en];
  return <Choice value={template.name} title={own?.title ?? template.title ?? template.name} about={own?.about ?? template.about ?? ""} />;
}

function Choice({ value, title, about }: { value: string; title: string; about: string }) {
  return (
    <Radio.Card value={value} radius="md" className={classes.choice ?? ""}>
      <Group wrap="nowrap" align="flex-start" gap="sm" h="100%">
        <Radio.Indicator mt={2} />
        <div>
          <Text size="sm" fw={550}>{title}</Text>
          <Text size="sm" c="dimmed">{about}</Text>
        </div>
      </Group>
    </Radio.Card>
  );
}
