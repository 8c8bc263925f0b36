import { ApiError } from "../../api/client";
import type { Redeemed } from "../../api/types";

/** Outcome is what became of a code: good, not good, or not known since the gateway did not say. */
export type Outcome = { code: string; at: string } & ({ kind: "good"; coupon: Redeemed } | { kind: "bad" | "unknown"; error: unknown });

/** failed tells a coupon that is not good from one that nobody knows anything of yet. */
export function failed(code: string, error: unknown): Outcome {
  const refused = error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429 && error.status !== 401;
  return { code, at: new Date().toISOString(), kind: refused ? "bad" : "unknown", error };
}

/** cleaned takes off what scanners and hands add around a code. */
export const cleaned = (typed: string): string => typed.trim().replaceAll(/\s+/g, "").slice(0, 40);
