import { Button, Text } from "@mantine/core";
import { IconBox, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";

import { useMe } from "../../api/session";
import { useLanguage, useTexts } from "../../i18n";
import { EmptyState } from "../EmptyState";
import { VirtualTable, type Column } from "../VirtualTable";
import { asList, schemaQuery, useObjects, type Stored } from "./api";
import { mayChange, pathOf, type Kind } from "./kinds";
import { labels } from "./labels";
import { listed, valueText } from "./listed";
import { texts } from "./texts";

/** NewObject leads to the form of a new object, for those who may make one. */
export function NewObject({ kind, query = "" }: { kind: Kind; query?: string }) {
  const t = useTexts(texts);
  if (!mayChange(useMe(), kind)) return null;
  return (
    <Button component={Link} to={pathOf(kind) + query} leftSection={<IconPlus size={18} />}>
      {t.fresh[kind]}
    </Button>
  );
}

/** ObjectList lists the objects of a kind. */
export function ObjectList({ kind }: { kind: Kind }) {
  const t = useTexts(texts);
  const go = useNavigate();
  const found = useObjects(kind);
  const columns = useColumns(kind);
  return (
    <VirtualTable
      label={t.kinds[kind]}
      list={asList(found, found.data ?? [])}
      columns={columns}
      rowKey={(o) => o.key}
      onOpen={(o) => void go(pathOf(kind, o.key))}
      empty={<EmptyState icon={<IconBox size={26} />} title={t.noneOf(t.kinds[kind])} action={<NewObject kind={kind} />}>{t.about[kind]}</EmptyState>}
    />
  );
}

function useColumns(kind: Kind): Column<Stored>[] {
  const { language } = useLanguage();
  const t = useTexts(texts);
  const presets = useQuery(schemaQuery(kind)).data?.properties;
  const nameOf = (key: string) => labels[kind]?.[key]?.[language === "fr" ? 1 : 0] ?? key;
  return [
    { key: "key", title: t.one[kind], render: (o) => <Text size="sm" fw={550} truncate>{o.key}</Text> },
    ...listed[kind].map((key, i) => ({
      key,
      title: nameOf(key),
      wideOnly: i > 0,
      render: (o: Stored) => <Text size="sm" truncate>{valueText(o.object[key] ?? presets?.[key]?.default, language) || "—"}</Text>,
    })),
  ];
}
