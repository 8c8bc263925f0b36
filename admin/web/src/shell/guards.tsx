import { Button, Center, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, Navigate, useLocation, useRouteError } from "react-router";

import { may, sessionQuery, useMe } from "../api/session";
import type { Right } from "../api/types";
import { ErrorState } from "../components/ErrorState";
import { Page } from "../components/Page";
import { common, useTexts } from "../i18n";
import { startOf } from "./pages";

/** Waiting fills the window until it is known what to show. */
export function Waiting() {
  const t = useTexts(common);
  return (
    <Center h="100dvh" role="status" aria-label={t.loading}>
      <Loader type="dots" />
    </Center>
  );
}

/** SignedIn lets through who is signed in; others come back after signing in. */
export function SignedIn({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useQuery(sessionQuery);
  const { pathname, search } = useLocation();
  if (data) return children;
  if (data === null) return <Navigate to="/signin" replace state={{ from: pathname + search }} />;
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  return <Waiting />;
}

/** Start leads to the first page that somebody may open. */
export function Start() {
  return <Navigate to={startOf(useMe())} replace />;
}

/** Guarded shows a page to those with its right; the API would refuse the others anyway. */
export function Guarded({ right, children }: { right: Right; children: ReactNode }) {
  const t = useTexts(common);
  return may(useMe(), right) ? children : <Dead title={t.errors.forbidden} hint={t.errors.forbiddenHint} />;
}

/** NotFound is the page of addresses that lead nowhere. */
export function NotFound() {
  const t = useTexts(common);
  return <Dead title={t.errors.notFound} hint={t.errors.notFoundHint} />;
}

function Dead({ title, hint }: { title: string; hint: string }) {
  const t = useTexts(common);
  return (
    <Page title={title}>
      <Text mb="lg">{hint}</Text>
      <Button component={Link} to="/" variant="default">
        {t.errors.home}
      </Button>
    </Page>
  );
}

/** Broken stands in for a page that failed, or that a newer version has replaced. */
export function Broken() {
  const t = useTexts(common);
  const error = useRouteError();
  const replaced = error instanceof TypeError && /import|module/i.test(error.message);
  return (
    <Center mih="60dvh" role="alert" p="md">
      <Stack align="center" ta="center" maw="28rem">
        <Title order={2}>{t.errors.title}</Title>
        <Text c="dimmed">{replaced ? t.errors.newVersion : t.errors.unknown}</Text>
        <Button onClick={() => { location.reload(); }}>{t.reload}</Button>
      </Stack>
    </Center>
  );
}
