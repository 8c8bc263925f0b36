import { Route, Routes, useParams, useSearchParams } from "react-router";

import { ObjectPage } from "../../components/objects";
import { NotFound } from "../../shell/guards";
import { Words } from "./Words";

/** Keywords shows the words of each short code, and opens one. */
export default function Keywords() {
  return (
    <Routes>
      <Route index element={<Words />} />
      <Route path=":key" element={<One />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}

function One() {
  const { key = "" } = useParams();
  const code = useSearchParams()[0].get("code");
  return <ObjectPage key={key} kind="keywords" name={key} preset={[code ? { short_code: code } : {}]} />;
}
