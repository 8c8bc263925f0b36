import { Stack } from "@mantine/core";

import { Page } from "../../components";
import { useTexts } from "../../i18n";
import { Apply } from "./Apply";
import { Export } from "./Export";
import { texts } from "./texts";

/** Configuration exports the whole configuration, and applies files. */
export default function Configuration() {
  const t = useTexts(texts);
  return (
    <Page title={t.title} description={t.description}>
      <Stack gap="lg">
        <Export />
        <Apply />
      </Stack>
    </Page>
  );
}
