import { useMe } from "../../api/session";

/** useCaller is the name under which the API notes what somebody does. */
export function useCaller(): string {
  const me = useMe();
  return me.email ?? me.name;
}
