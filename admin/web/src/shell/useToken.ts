import { useState } from "react";

/** useToken is what stands behind # in the address: a link that works once. It never reaches a server's log. */
export function useToken(): string {
  const [token] = useState(() => location.hash.slice(1));
  return token;
}
