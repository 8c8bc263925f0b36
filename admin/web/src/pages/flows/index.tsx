import { lazy, Suspense } from "react";
import { Route, Routes } from "react-router";

import { Skeletons } from "../../components";
import { Guarded } from "../../shell/guards";
import { FlowList } from "./FlowList";

const Editor = lazy(() => import("./editor"));
const NewFlow = lazy(() => import("./NewFlow"));

/** Flows lists the flows, makes new ones and opens the editor. */
export default function Flows() {
  return (
    <Suspense fallback={<div className="page page-wide"><Skeletons height={72} /></div>}>
      <Routes>
        <Route index element={<FlowList />} />
        <Route path="new" element={<Guarded right="edit"><NewFlow /></Guarded>} />
        <Route path=":name" element={<Editor />} />
      </Routes>
    </Suspense>
  );
}
