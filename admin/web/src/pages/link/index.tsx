import { Alert, Button, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { Link, useNavigate } from "react-router";

import { api, ApiError, secondFactor } from "../../api/client";
import { useSignedIn } from "../../api/session";
import type { Me } from "../../api/types";
import { FormProblem, NewPassword, tooShort, useSubmit } from "../../components";
import { common, useTexts } from "../../i18n";
import { Plain } from "../../shell/Plain";
import { useToken } from "../../shell/useToken";
import { texts } from "./texts";

/** TakeUp lets a person who follows a link choose a password. */
export default function TakeUp() {
  const t = useTexts(texts);
  const token = useToken();
  const [set, setSet] = useState(false);
  if (set) {
    return (
      <Plain title={t.title}>
        <Text>{t.nowSignIn}</Text>
        <Button component={Link} to="/signin">
          {t.signIn}
        </Button>
      </Plain>
    );
  }
  return (
    <Plain title={t.title} description={t.description}>
      {token ? <PasswordForm token={token} wantsCode={() => { setSet(true); }} /> : <Alert color="red" variant="light">{t.noToken}</Alert>}
    </Plain>
  );
}

function PasswordForm({ token, wantsCode }: { token: string; wantsCode: () => void }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const signedIn = useSignedIn();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { password: "" }, validate: { password: tooShort(c.passwordHint) } });
  const done = (me: Me) => {
    signedIn(me);
    return navigate("/", { replace: true });
  };
  // The password is set then, but it alone does not sign in.
  const expected = (error: unknown) => {
    if (!(error instanceof ApiError) || error.type !== secondFactor) return false;
    wantsCode();
    return true;
  };
  const { onSubmit, busy, problem } = useSubmit(form, ({ password }) => api.post<Me>("/links", { token, password }), done, expected);
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <FormProblem problem={problem} />
        <NewPassword autoFocus {...form.getInputProps("password")} />
        <Button type="submit" loading={busy}>
          {t.submit}
        </Button>
      </Stack>
    </form>
  );
}
