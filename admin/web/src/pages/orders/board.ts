import type { Order } from "../../api/types";

/** The columns of the board, and the states that stand in each. */
export const columns = { fresh: ["placed"], accepted: ["accepted"], out: ["ready", "leaving"], over: ["done", "refused"] } as const satisfies Record<string, Order["state"][]>;
export type ColumnName = keyof typeof columns;

/** The most finished orders that the board shows. */
export const mostOver = 30;

/** inColumn are the orders of a column: the oldest first, of finished ones the newest. */
export function inColumn(orders: Order[], column: ColumnName): Order[] {
  const here = orders.filter((o) => (columns[column] as readonly string[]).includes(o.state));
  return column === "over" ? here.reverse().slice(0, mostOver) : here;
}

export type Step = "accepted" | "refused" | "ready" | "leaving" | "done";

/** stepsOf are what can become of an order now, the most likely first. */
export function stepsOf({ state, address }: Order): Step[] {
  switch (state) {
    case "placed":
      return ["accepted", "refused"];
    case "accepted":
      return address ? ["leaving", "ready", "refused"] : ["ready", "refused"];
    case "ready":
      return address ? ["leaving", "done"] : ["done"];
    case "leaving":
      return ["done"];
    default:
      return [];
  }
}

/** keyOf names an order: numbers are counted by program. */
export const keyOf = ({ program, number }: Order): string => `${program} ${number}`;

/** itemsOf are the lines of an order; the API tells them in one text. */
export const itemsOf = ({ lines }: Order): string[] => lines.split(", ");
