import { Stack } from "@mantine/core";

import { useMe } from "../../api/session";
import { Page } from "../../components";
import { useTexts } from "../../i18n";
import { PasswordForm } from "./PasswordForm";
import { SecondFactor } from "./SecondFactor";
import { Sessions } from "./Sessions";
import { texts } from "./texts";

/** Account is what people look after themselves. */
export default function Account() {
  const t = useTexts(texts);
  const me = useMe();
  return (
    <Page title={t.title} description={me.email ?? ""}>
      <Stack maw="44rem">
        <PasswordForm />
        <SecondFactor />
        <Sessions />
      </Stack>
    </Page>
  );
}
