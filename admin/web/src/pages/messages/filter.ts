import type { Query } from "../../api/client";

/** Filter is what the list is narrowed to, as people typed it. */
export interface Filter {
  direction: string | null;
  status: string | null;
  class: string | null;
  program: string | null;
  short_code: string | null;
  msisdn: string;
  contains: string;
  /** In the time of the browser, as inputs of type datetime-local have them. */
  from: string;
  to: string;
}

export const unfiltered: Filter = { direction: null, status: null, class: null, program: null, short_code: null, msisdn: "", contains: "", from: "", to: "" };

const inbound = { status: ["turn", "ignored", "failed"], class: ["opt-out", "help", "opt-in", "neither"] };
const outbound = {
  status: ["held", "queued", "sending", "sent", "delivered", "undelivered", "rejected", "refused", "cancelled", "expired", "unknown"],
  class: ["reply", "transactional", "marketing", "compliance"],
};

/** choices are the states and classes that messages of a direction can have. */
export function choices(direction: string | null): { status: string[]; class: string[] } {
  if (direction === "in") return inbound;
  if (direction === "out") return outbound;
  return { status: [...inbound.status, ...outbound.status], class: [...inbound.class, ...outbound.class] };
}

/** changed applies a part of a filter; what the other direction alone has goes. */
export function changed(filter: Filter, part: Partial<Filter>): Filter {
  const next = { ...filter, ...part };
  const possible = choices(next.direction);
  if (next.status && !possible.status.includes(next.status)) next.status = null;
  if (next.class && !possible.class.includes(next.class)) next.class = null;
  return next;
}

const moment = (local: string): string | undefined => {
  const at = new Date(local);
  return local && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
};

/** queryOf is a filter as the API takes it. A phone that is not whole yet narrows nothing. */
export function queryOf({ msisdn, from, to, contains, ...rest }: Filter): Query {
  const digits = msisdn.replaceAll(/\D/g, "").replace(/^00/, "");
  return { ...rest, msisdn: digits.length >= 8 ? digits : undefined, contains: contains.trim() || undefined, from: moment(from), to: moment(to) };
}

/** fromParams reads a filter from an address. */
export const fromParams = (params: URLSearchParams): Filter =>
  Object.fromEntries(Object.entries(unfiltered).map(([name, none]) => [name, params.get(name) ?? none])) as unknown as Filter;

/** toParams writes what is filtered into an address, so that it can be kept and passed on. */
export const toParams = (filter: Filter): Record<string, string> =>
  Object.fromEntries(Object.entries(filter).filter((entry): entry is [string, string] => Boolean(entry[1])));

export const isFiltered = (filter: Filter): boolean => Object.values(filter).some(Boolean);

/** The moment from which ids of messages count; they carry milliseconds above their lowest 22 bits. */
const epoch = Date.UTC(2026, 0, 1);

/** momentOf is when the message of an id was made. */
export const momentOf = (id: string): Date => new Date(epoch + Number(BigInt(id) >> 22n));
