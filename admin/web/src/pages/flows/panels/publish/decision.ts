import type { Schema } from "../../../../api/types";
import { keyOf, pairsOf, parseTree, valueOf } from "../../yaml";

export type Policy = Schema<"Decision">["policy"];

/** Wish is what somebody wants of open conversations. */
export interface Wish {
  policy: Policy;
  move: Record<string, string>;
  end: string;
}

export const calm: Wish = { policy: "finish", move: {}, end: "" };

/** statesOf are the states of a source, in the order of the file. */
export const statesOf = (source: string): string[] => pairsOf(valueOf(parseTree(source).doc.contents, "states")).map(keyOf);

/** decisionOf is what the API is told about open conversations; nothing when there are none. */
export function decisionOf(wish: Wish, open: number): Schema<"Decision"> | undefined {
  if (open === 0) return undefined;
  switch (wish.policy) {
    case "move": {
      const move = Object.fromEntries(Object.entries(wish.move).filter(([, to]) => to));
      return { policy: "move", ...(Object.keys(move).length > 0 && { move }) };
    }
    case "end":
      return { policy: "end", end: wish.end.trim() };
    default:
      return { policy: "finish" };
  }
}
