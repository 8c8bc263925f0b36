import { Alert, Button, Stack, Text, TextInput } from "@mantine/core";
import { isEmail, isNotEmpty, useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";

import { api } from "../../api/client";
import { useSignedIn } from "../../api/session";
import type { Me } from "../../api/types";
import { FormProblem, NewPassword, tooShort, useSubmit } from "../../components";
import { common, useTexts } from "../../i18n";
import { Plain } from "../../shell/Plain";
import { useToken } from "../../shell/useToken";
import { texts } from "./texts";

/** Setup makes the first owner, with the link that the gateway printed. */
export default function Setup() {
  const t = useTexts(texts);
  const token = useToken();
  const { data } = useQuery({ queryKey: ["setup"], queryFn: () => api.get<{ needed: boolean }>("/setup") });
  if (data && !data.needed) {
    return (
      <Plain title={t.title}>
        <Text>{t.over}</Text>
        <Button component={Link} to="/signin">
          {t.signIn}
        </Button>
      </Plain>
    );
  }
  return (
    <Plain title={t.title} description={t.description}>
      {token ? <OwnerForm token={token} /> : <Alert color="red" variant="light">{t.noToken}</Alert>}
    </Plain>
  );
}

function OwnerForm({ token }: { token: string }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const signedIn = useSignedIn();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { name: "", email: "", password: "" },
    validate: { name: isNotEmpty(c.required), email: isEmail(c.required), password: tooShort(c.passwordHint) },
  });
  const { onSubmit, busy, problem } = useSubmit(form, (values) => api.post<Me>("/setup", { token, ...values }), (me) => {
    signedIn(me);
    return navigate("/", { replace: true });
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <FormProblem problem={problem} />
        <TextInput label={c.name} autoComplete="name" autoFocus {...form.getInputProps("name")} />
        <TextInput label={c.email} type="email" autoComplete="username" {...form.getInputProps("email")} />
        <NewPassword {...form.getInputProps("password")} />
        <Button type="submit" loading={busy} mt="xs">
          {t.submit}
        </Button>
      </Stack>
    </form>
  );
}
