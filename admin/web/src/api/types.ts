import type { components } from "./schema";

/** Dense drops the null that the document allows for arrays: the API sends []. */
type Dense<T> = T extends (infer Item)[]
  ? Dense<Item>[]
  : T extends object
    ? { [K in keyof T]: NonNullable<T[K]> extends unknown[] ? Dense<NonNullable<T[K]>> : T[K] extends object ? Dense<T[K]> : T[K] }
    : T;

/** Schema is a type of the API's OpenAPI document, by its name there. */
export type Schema<Name extends keyof components["schemas"]> = Dense<components["schemas"][Name]>;

export type Me = Schema<"Me">;
export type Person = Schema<"Person">;
export type Key = Schema<"Key">;
export type Change = Schema<"Change">;
export type OwnSession = Schema<"OwnSession">;
export type SimulatedCarrier = Schema<"SimulatedCarrier">;
export type PhoneText = Schema<"PhoneText">;
export type Message = Schema<"Message">;

export type Handoff = Schema<"Handoff">;
export type HandoffDoc = Schema<"HandoffDoc">;
export type Order = Schema<"Order">;
export type Redeemed = Schema<"Redeemed">;
export type Review = Schema<"Review">;
export type Standing = Schema<"Standing">;
export type LedgerLine = Schema<"LedgerLine">;
export type ThreadItem = Schema<"ThreadItem">;
export type ThreadDoc = Schema<"ThreadDoc">;
export type Talk = Schema<"Talk">;
export type Home = Schema<"Home">;
export type Carrier = Schema<"Carrier">;
export type PDU = Schema<"PDU">;
export type Contact = Schema<"Contact">;
export type ContactDoc = Schema<"ContactDoc">;
export type Accepted = Schema<"Accepted">;
export type Imported = Schema<"Imported">;

export const roles = ["owner", "manager", "editor", "agent", "viewer"] as const;
export type Role = (typeof roles)[number];

export type Right =
  | "read"
  | "see-phones"
  | "edit"
  | "answer"
  | "send"
  | "change-people"
  | "operate"
  | "audit"
  | "administer";

/** List is one page of a list; next is absent at its end. */
export interface List<T> {
  items: T[] | null;
  next?: string;
}
