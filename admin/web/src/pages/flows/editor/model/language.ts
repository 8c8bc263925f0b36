/** The keys of the language in the order in which they are written: docs/flows.md is the reference. */
export const keys = {
  flow: ["flow", "title", "note", "class", "languages", "lifetime", "segments", "on_keyword", "inputs", "returns", "start", "failed", "anywhere", "states", "tests"],
  input: ["note", "type", "default"],
  state: ["note", "class", "on_keyword", "do", "say", "replies", "else", "timeout", "events", "call", "handoff", "branch", "split", "go", "end"],
  reply: ["note", "starts", "is", "words", "choice", "show", "pattern", "min", "max", "if", "save", "do", "say", "go", "end"],
  option: ["text", "words", "if", "do", "say", "go", "end"],
  else: ["note", "say", "tries", "go", "end"],
  timeout: ["note", "after", "at", "hours", "if", "do", "say", "go", "end"],
  event: ["note", "event", "if", "save", "do", "say", "go", "end"],
  branch: ["note", "if", "go", "end"],
  split: ["note", "share", "go", "end"],
  call: ["flow", "inputs", "save"],
  handoff: ["group", "within", "done", "away"],
} as const;

/** What `is` understands. */
export const kinds = ["yes", "no", "number", "amount", "date", "time", "email", "phone", "postcode", "items", "any"] as const;

/** What an input is. */
export const types = ["text", "number", "money", "flag", "date", "time", "datetime", "phone", "list", "map"] as const;

/** What a parameter of an action takes. */
export type Parameter = "name" | "names" | "expression" | "flag";

interface ActionShape {
  parameters: Record<string, Parameter>;
  /** What it may come back with instead of going on. */
  results?: readonly string[];
  /** What is in what it saves. */
  saved?: readonly string[];
  /** Its value alone, where it is not a map. */
  bare?: Parameter;
}

/** The actions of `do`. Those whose value is not a map of parameters are read as they stand. */
export const actions: Record<string, ActionShape> = {
  set: { parameters: {} },
  language: { parameters: {}, bare: "name" },
  tag: { parameters: {}, bare: "names" },
  untag: { parameters: {}, bare: "names" },
  track: { parameters: { event: "name" }, bare: "name" },
  notify: { parameters: { staff: "name" } },
  issue: { parameters: { offer: "name", for: "expression", at: "expression", send: "names", save: "name" }, results: ["limit", "empty", "closed", "failed"], saved: ["code", "url", "until", "title", "again", "result"] },
  redeem: { parameters: { code: "expression", save: "name" }, results: ["used", "expired", "unknown", "failed"], saved: ["title", "amount", "at", "reason", "result"] },
  points: { parameters: { add: "expression", take: "expression", for: "name", save: "name" }, results: ["short", "failed"], saved: ["balance", "result"] },
  vote: { parameters: { poll: "name", choice: "expression", save: "name" }, results: ["again", "late", "unknown", "failed"], saved: ["number", "title", "closed", "result"] },
  draw: { parameters: { game: "name", code: "expression", save: "name" }, results: ["lost", "limit", "over", "unknown", "failed"], saved: ["prize", "code", "proof", "result"] },
  refer: { parameters: { by: "expression", save: "name" }, results: ["own", "again", "unknown", "failed"], saved: ["code", "msisdn", "result"] },
  lookup: { parameters: { in: "name", for: "expression", item: "expression", limit: "name", save: "name" }, results: ["none", "failed"], saved: ["name", "title", "address", "price", "distance", "hours"] },
  order: { parameters: { to: "expression", at: "expression", when: "expression", note: "expression", save: "name" }, results: ["refused", "failed"], saved: ["number", "total", "url", "reason", "result"] },
  reserve: { parameters: { item: "expression", at: "expression", save: "name" }, results: ["refused", "failed"], saved: ["number", "reason", "result"] },
  cart: { parameters: { add: "expression", remove: "expression", option: "expression", clear: "flag", load: "name" }, results: ["none"] },
  subscribe: { parameters: {}, bare: "name" },
  unsubscribe: { parameters: {}, bare: "name" },
  start: { parameters: { flow: "name", to: "expression", at: "expression" }, bare: "name" },
  webhook: { parameters: { name: "name", send: "names", save: "name" }, results: ["ok", "failed"] },
};

/** What stands for a value everywhere in a flow, and may be printed. */
export const known = {
  contact: ["first_name", "last_name", "language", "country", "time_zone", "postcode", "birthday", "card", "msisdn", "tags"],
  program: ["name", "brand", "contact", "country", "currency", "time_zone"],
  place: ["name", "title", "address", "postcode", "country", "hours", "open"],
  cart: ["count", "total", "open.name", "open.option"],
  conversation: ["reference", "started"],
  bare: ["now", "today", "lang", "short_code", "keyword", "args", "text", "cart"],
} as const;

export const functions = ["plural(n, 'one', 'other')", "label(name)", "date(d)", "clock(t)", "weekday(d)", "money(n)", "cut(text, n)", "join(list, ', ')", "upper(text)", "lower(text)", "len(list)"] as const;

export const stateName = /^[a-z][a-z0-9_-]{0,63}$/;
export const outcomeName = /^[a-z][a-z0-9.-]*$/;
export const savedName = /^[a-z][a-z0-9_]*$/;
