import { Tabs } from "@mantine/core";
import { Route, Routes, useParams, useSearchParams } from "react-router";

import { Page } from "../../components";
import { isKind, NewObject, ObjectList, ObjectPage, objectTexts, type Kind } from "../../components/objects";
import { useTexts } from "../../i18n";
import { NotFound } from "../../shell/guards";
import { texts } from "./texts";

const shown: Kind[] = ["programs", "short_codes", "places"];

/** Programs shows the programs with their codes and places, and opens one. */
export default function Programs() {
  return (
    <Routes>
      <Route index element={<Lists />} />
      <Route path=":kind/:key" element={<One />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}

function Lists() {
  const t = useTexts(texts);
  const o = useTexts(objectTexts);
  const [query, setQuery] = useSearchParams();
  const kind = shown.find((k) => k === query.get("kind")) ?? "programs";
  return (
    <Page title={t.title} description={t.description} actions={<NewObject kind={kind} />}>
      <Tabs value={kind} onChange={(next) => { setQuery({ kind: next ?? "programs" }, { replace: true }); }}>
        <Tabs.List aria-label={t.kinds} mb="md">
          {shown.map((k) => <Tabs.Tab key={k} value={k}>{o.kinds[k]}</Tabs.Tab>)}
        </Tabs.List>
        <Tabs.Panel value={kind}>
          <ObjectList key={kind} kind={kind} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function One() {
  const { kind, key = "" } = useParams();
  return isKind(kind) && shown.includes(kind) ? <ObjectPage key={`${kind} ${key}`} kind={kind} name={key} /> : <NotFound />;
}
