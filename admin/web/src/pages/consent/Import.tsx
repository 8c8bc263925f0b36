import { Button, FileInput, Group, Stack, Text, VisuallyHidden } from "@mantine/core";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { request } from "../../api/client";
import type { Imported } from "../../api/types";
import { FormProblem, messageOf } from "../../components";
import { common, useTexts } from "../../i18n";
import { Report } from "./Report";
import { texts } from "./texts";

/** The largest file that the API takes. */
const most = 64 * 2 ** 20;

/** Import sends a CSV file as it is, and shows what became of its rows. */
export function Import({ what, label }: { what: "suppressions" | "contacts"; label: string }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const sent = useMutation({
    mutationFn: async (file: File) => {
      const response = await request("POST", `/${what}/import`, file, { headers: { "Content-Type": "text/csv" } });
      return { file, report: (await response.json()) as Imported };
    },
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith("/consents/") }),
  });
  const tooLarge = file !== null && file.size > most;
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <FileInput
          label={t.choose}
          placeholder={t.none}
          accept=".csv,text/csv"
          leftSection={<IconFileSpreadsheet size={18} aria-hidden />}
          clearable
          style={{ flex: "1 1 12rem" }}
          error={tooLarge && t.tooLarge}
          value={file}
          onChange={(chosen) => {
            setFile(chosen);
            sent.reset();
          }}
        />
        <Button disabled={!file || tooLarge} loading={sent.isPending} onClick={() => { if (file) sent.mutate(file); }}>
          {t.import}
          <VisuallyHidden>: {label}</VisuallyHidden>
        </Button>
      </Group>
      <div aria-live="polite">
        {sent.isPending && (
          <Text size="sm" c="dimmed">
            {t.sending} {t.sendingText}
          </Text>
        )}
        {sent.error && <FormProblem problem={messageOf(sent.error, c.errors)} />}
        {sent.data && <Report {...sent.data} />}
      </div>
    </Stack>
  );
}
