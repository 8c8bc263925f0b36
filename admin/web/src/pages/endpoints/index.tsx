import { Route, Routes } from "react-router";

import { EndpointPage } from "./EndpointPage";
import { EndpointList } from "./EndpointList";

/** Endpoints has the list of event endpoints, and a page for each. */
export default function Endpoints() {
  return (
    <Routes>
      <Route index element={<EndpointList />} />
      <Route path=":id" element={<EndpointPage />} />
    </Routes>
  );
}
