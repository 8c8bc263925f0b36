import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link, useNavigate } from "react-router";

import { useMe } from "../../api/session";
import { useTexts } from "../../i18n";
import { ErrorState } from "../ErrorState";
import { Page } from "../Page";
import { Skeletons } from "../Skeletons";
import { loadObject, schemaQuery } from "./api";
import { Delete } from "./Delete";
import { listOf, mayChange, pathOf, shapeOf, type Kind } from "./kinds";
import { texts } from "./texts";

interface ObjectPageProps {
  kind: Kind;
  /** Its key; _new for one that is to be made. */
  name: string;
  /** What a new object begins with. */
  preset?: unknown;
}

/** The editor, with all inputs that there are, is loaded when the first object is opened. */
const ObjectEditor = lazy(async () => ({ default: (await import("./ObjectEditor")).ObjectEditor }));

/** wordOf writes the key of a keyword for people: 36111 pizza is PIZZA · 36111. */
const wordOf = (key: string) => key.replace(/^(\S+) (.*)$/, (_, code: string, word: string) => `${word.toUpperCase()} · ${code}`);

/** ObjectPage shows an object, and changes or makes it. */
export function ObjectPage({ kind, name, preset }: ObjectPageProps) {
  const t = useTexts(texts);
  const go = useNavigate();
  const editable = mayChange(useMe(), kind);
  const isNew = name === "_new";
  const schema = useQuery(schemaQuery(kind));
  const found = useQuery({ queryKey: ["/objects", kind, name], queryFn: ({ signal }) => loadObject(kind, name, signal), enabled: !isNew, refetchOnWindowFocus: false, staleTime: 0, gcTime: 0 });
  const waiting = <Skeletons count={3} height={180} gap={16} />;
  const error = schema.error ?? (isNew ? null : found.error);
  const ready = schema.data && (isNew || found.data);
  return (
    <Page
      title={isNew ? t.fresh[kind] : kind === "keywords" ? wordOf(name) : name}
      actions={editable && found.data && <Delete kind={kind} name={found.data.data.key} etag={found.data.etag} done={() => void go(listOf(kind))} />}
      above={<Anchor component={Link} to={listOf(kind)} size="sm">{t.kinds[kind]}</Anchor>}
    >
      {error ? (
        <ErrorState error={error} retry={() => { void schema.refetch(); void found.refetch(); }} />
      ) : !ready ? (
        waiting
      ) : (
        <Suspense fallback={waiting}>
          <ObjectEditor
            key={isNew ? "_new" : found.data?.data.key}
            kind={kind}
            shape={shapeOf(kind, schema.data)}
            stored={isNew ? undefined : found.data}
            preset={preset}
            editable={editable}
            saved={async (key) => {
              if (!isNew) return (await found.refetch()).data;
              await go(pathOf(kind, key), { replace: true });
              return undefined;
            }}
          />
        </Suspense>
      )}
    </Page>
  );
}
