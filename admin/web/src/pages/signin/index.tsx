import { Alert, Button, Divider, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Navigate, useLocation } from "react-router";

import { api, ApiError, prefix, secondFactor } from "../../api/client";
import { sessionQuery, useSignedIn } from "../../api/session";
import type { Me, Schema } from "../../api/types";
import { FormProblem, sentence, useSubmit } from "../../components";
import { common, useTexts } from "../../i18n";
import { Plain } from "../../shell/Plain";
import { texts } from "./texts";

/** SignIn asks for the password, and for the second factor of those who have one. */
export default function SignIn() {
  const t = useTexts(texts);
  const { data: me } = useQuery(sessionQuery);
  const [asked, setAsked] = useState(false);
  const form = useSignIn(asked, () => { setAsked(true); });
  const from = (useLocation().state as { from?: string } | null)?.from ?? "/";
  if (me) return <Navigate to={from} replace />;
  const back = () => {
    form.form.reset();
    setAsked(false);
  };
  return asked ? (
    <Plain title={t.codeTitle} description={t.codeHint}>
      <CodeStep {...form} back={back} />
    </Plain>
  ) : (
    <Plain title={t.title}>
      <SetupNeeded />
      <ProviderProblem />
      <PasswordStep {...form} />
      <Provider />
    </Plain>
  );
}

function useSignIn(asked: boolean, ask: () => void) {
  const c = useTexts(common);
  const signedIn = useSignedIn();
  const form = useForm({
    initialValues: { email: "", password: "", code: "" },
    validate: { email: isNotEmpty(c.required), password: isNotEmpty(c.required), code: (code) => (asked && !code.trim() ? c.required : null) },
  });
  const expected = (error: unknown) => {
    if (!(error instanceof ApiError) || error.type !== secondFactor) return false;
    ask();
    form.setFieldValue("code", "");
    if (asked) form.setErrors({ code: sentence(error.message) });
    return true;
  };
  const send = ({ email, password, code }: typeof form.values) =>
    api.post<Me>("/session", { email: email.trim(), password, ...(code && { code: code.replaceAll(" ", "") }) });
  return { form, ...useSubmit(form, send, signedIn, expected) };
}

type Step = ReturnType<typeof useSignIn>;

function PasswordStep({ form, onSubmit, busy, problem }: Step) {
  const t = useTexts(texts);
  const c = useTexts(common);
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <FormProblem problem={problem} />
        <TextInput label={c.email} type="email" autoComplete="username" autoFocus {...form.getInputProps("email")} />
        <PasswordInput label={c.password} autoComplete="current-password" {...form.getInputProps("password")} />
        <Button type="submit" loading={busy} mt="xs">
          {t.submit}
        </Button>
        <Text size="sm" c="dimmed">
          {t.forgotten}
        </Text>
      </Stack>
    </form>
  );
}

function CodeStep({ form, onSubmit, busy, problem, back }: Step & { back: () => void }) {
  const t = useTexts(texts);
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <FormProblem problem={problem} />
        <TextInput label={t.code} autoComplete="one-time-code" autoCapitalize="off" spellCheck={false} autoFocus {...form.getInputProps("code")} />
        <Button type="submit" loading={busy}>
          {t.verify}
        </Button>
        <Button variant="subtle" onClick={back}>
          {t.other}
        </Button>
      </Stack>
    </form>
  );
}

const useSetup = () => useQuery({ queryKey: ["setup"], queryFn: () => api.get<Schema<"SetupState">>("/setup") }).data;

/** SetupNeeded tells the first visitor of a new gateway where to begin. */
function SetupNeeded() {
  const t = useTexts(texts);
  return useSetup()?.needed ? <Alert variant="light">{t.setup}</Alert> : null;
}

/** Provider leads to the provider of OpenID Connect, if there is one. */
function Provider() {
  const t = useTexts(texts);
  if (!useSetup()?.oidc) return null;
  return (
    <>
      <Divider label={t.or} />
      <Button component="a" href={`${prefix}/session/oidc`} variant="default">
        {t.provider}
      </Button>
    </>
  );
}

const problems = ["stale", "refused", "invalid", "away", "unverified", "unknown", "disabled"] as const;

/** ProviderProblem says why the provider's answer did not let in. */
function ProviderProblem() {
  const t = useTexts(texts);
  const [what] = useState(() => new URLSearchParams(location.hash.slice(1)).get("problem"));
  if (!what) return null;
  return <FormProblem problem={t[problems.find((known) => known === what) ?? "invalid"]} />;
}
