import { Anchor, List } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Link, Route, Routes } from "react-router";

import { useCursorList } from "../../api/lists";
import type { Schema } from "../../api/types";
import { Page, Skeletons } from "../../components";

const Editor = lazy(() => import("./editor"));

/** Flows lists the flows, and opens the editor of one. */
export default function Flows() {
  return (
    <Routes>
      <Route index element={<FlowList />} />
      <Route path=":name" element={<Suspense fallback={<Skeletons height={120} />}><Editor /></Suspense>} />
    </Routes>
  );
}

function FlowList() {
  const list = useCursorList<Schema<"FlowItem">>("/flows");
  return (
    <Page title="Flows">
      <List>
        {list.items.map((f) => <List.Item key={f.name}><Anchor component={Link} to={f.name}>{f.name}</Anchor></List.Item>)}
      </List>
    </Page>
  );
}
