import { useParams } from "react-router";

import { List } from "./List";
import { One } from "./One";

/** Contacts lists people, and shows what is known of one. */
export default function Contacts() {
  const msisdn = useParams()["*"] ?? "";
  return msisdn ? <One key={msisdn} msisdn={msisdn} /> : <List />;
}
