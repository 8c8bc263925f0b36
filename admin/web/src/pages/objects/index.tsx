import { Anchor, Badge, Card, SimpleGrid, Text } from "@mantine/core";
import { Link, Navigate, Route, Routes, useParams } from "react-router";

import { Page } from "../../components";
import { isKind, listOf, NewObject, ObjectList, ObjectPage, objectTexts, pathOf, useObjects, type Kind } from "../../components/objects";
import { useFormat, useTexts } from "../../i18n";
import { NotFound } from "../../shell/guards";
import classes from "./objects.module.css";
import { texts } from "./texts";

const shown: Kind[] = ["offers", "catalogues", "polls", "games", "contact_fields", "webhooks", "carriers"];

/** Objects shows the kinds that have no page of their own, lists one, and opens an object. */
export default function Objects() {
  return (
    <Routes>
      <Route index element={<Kinds />} />
      <Route path=":kind" element={<Listed />} />
      <Route path=":kind/:key" element={<One />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}

function Kinds() {
  const t = useTexts(texts);
  return (
    <Page title={t.title} description={t.description}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {shown.map((kind) => <KindCard key={kind} kind={kind} />)}
      </SimpleGrid>
    </Page>
  );
}

function KindCard({ kind }: { kind: Kind }) {
  const o = useTexts(objectTexts);
  const format = useFormat();
  const found = useObjects(kind);
  return (
    <Card className={classes.kind ?? ""}>
      <Card.Section inheritPadding pt="md" className={classes.head}>
        <Anchor component={Link} to={listOf(kind)} fw={600} className={classes.cover ?? ""}>{o.kinds[kind]}</Anchor>
        <Badge variant="light" color="gray">{found.data ? format.number(found.data.length) : "…"}</Badge>
      </Card.Section>
      <Text size="sm" c="dimmed" mt="xs">{o.about[kind]}</Text>
    </Card>
  );
}

function Listed() {
  const t = useTexts(texts);
  const o = useTexts(objectTexts);
  const { kind } = useParams();
  if (!isKind(kind)) return <NotFound />;
  if (!shown.includes(kind)) return <Navigate to={listOf(kind)} replace />;
  return (
    <Page title={o.kinds[kind]} description={o.about[kind]} actions={<NewObject kind={kind} />} above={<Anchor component={Link} to="/settings/objects" size="sm">{t.title}</Anchor>}>
      <ObjectList key={kind} kind={kind} />
    </Page>
  );
}

function One() {
  const { kind, key = "" } = useParams();
  if (!isKind(kind)) return <NotFound />;
  if (!shown.includes(kind)) return <Navigate to={pathOf(kind, key)} replace />;
  return <ObjectPage key={`${kind} ${key}`} kind={kind} name={key} />;
}
