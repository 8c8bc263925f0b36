import { expect, it } from "vitest";

import { check, documentOf, draftOf, fieldOf, place, type Draft, type GroupDraft, type JsonSchema } from ".";
import all from "./schemas.fixture.json";
import { put } from "./useDraft";
import { daysOf, daysText, weekEntries, weekOf } from "./week";

const schemas = all as unknown as Record<string, JsonSchema>;
const form = (kind: string) => fieldOf(schemas[kind] ?? {});
const kept = (kind: string, document: unknown) => documentOf(form(kind), draftOf(form(kind), document));

it.each(Object.keys(schemas))("has a field of a known kind for each key of %s", (kind) => {
  const walk = (schema: JsonSchema, path: string): void => {
    expect(schema.type ?? (schema.oneOf || schema.enum ? "some" : undefined), `${kind} ${path}`).toBeDefined();
    for (const [key, inner] of Object.entries(schema.properties ?? {})) walk(inner, `${path}.${key}`);
    if (schema.items) walk(schema.items, `${path}[]`);
    if (typeof schema.additionalProperties === "object") walk(schema.additionalProperties, `${path}{}`);
    for (const one of schema.oneOf ?? []) walk(one, `${path}|`);
  };
  walk(schemas[kind] ?? {}, "");
  expect(() => draftOf(form(kind), undefined)).not.toThrow();
});

it.each([
  ["carriers", { name: "a", addr: "h:1", system_id: "s", sessions: 2, tls: true, receipts: { response_id: "hex", codes: { "612": "unsubscribed" } }, temporary: ["ESME_RTHROTTLED"], timeouts: { bind: "20s" } }],
  ["carriers", { name: "a", addr: "h:1", system_id: "s", tls: { ca_file: "/etc/ca.pem" } }],
  ["programs", { name: "p", brand: "P", contact: "c", country: "FR", languages: ["fr"], time_zone: "Europe/Paris", quiet_hours: { days: { "mon-fri": "09:00-20:00" } }, staff: { "a.b": ["33600000001"] }, answers: { "opt-in": { fr: "Oui ?" } } }],
  ["programs", { name: "p", brand: "P", contact: "c", country: "FR", languages: ["fr"], time_zone: "Europe/Paris", quiet_hours: "FR-charter", cross_code: true }],
  ["places", { name: "p", title: "T", open: { "mon-sun": "08:00-22:00" }, time_zone: "Europe/Paris" }],
  ["offers", { name: "o", program: "p", title: { fr: "Un", en: "One" }, amount: 11, per_phone: 0 }],
  ["offers", { name: "o", program: "p", title: "One", printed: ["A-1"] }],
  ["catalogues", { program: "p", items: [{ name: "Reine", price: 11.5, options: { size: { title: { fr: "taille" }, choices: [{ name: "grande", price: 3 }] } } }] }],
  ["polls", { name: "p", program: "q", choices: { lea: "Léa", duo: { fr: "Les Jumeaux" } } }],
  ["games", { name: "g", program: "q", prizes: [{ name: "bike", title: "A bike", count: 1 }] }],
])("keeps a document of %s as it is", (kind, document) => {
  expect(kept(kind, document)).toEqual(document);
});

it("leaves out what has its default, and what is empty", () => {
  expect(kept("webhooks", { name: "w", url: "https://x.example", timeout: "10s", tries: 3, private: false })).toEqual({ name: "w", url: "https://x.example" });
});

it("notes what it cannot show", () => {
  const lost: string[] = [];
  draftOf(form("places"), { name: "p", colour: "red", open: "always" }, lost);
  expect(lost).toEqual(["colour", "open"]);
});

it("keeps, replaces and removes secrets", () => {
  const field = form("webhooks");
  const draft = draftOf(field, { name: "w", url: "u" }) as GroupDraft;
  expect(documentOf(field, draft)).not.toHaveProperty("secret");
  expect(documentOf(field, put(draft, "secret", { keep: false, text: "new" }))).toHaveProperty("secret", "new");
  expect(documentOf(field, put(draft, "secret", { keep: false, text: "" }))).toHaveProperty("secret", "");
});

it("places errors of the API at their fields", () => {
  const at = (kind: string, document: unknown, location: string) => {
    const draft = draftOf(form(kind), document);
    return Object.keys(place(form(kind), draft, [{ location, message: "wrong" }]).placed);
  };
  expect(at("catalogues", { program: "p", items: [{ name: "a" }, { name: "b" }] }, "body.items[1].price")).toEqual(["items.1.price"]);
  expect(at("programs", { answers: { "opt-in": { fr: "x" } } }, "body.answers.opt-in.fr")).toEqual(["answers.opt-in.0.value"]);
  expect(at("programs", { staff: { a: ["1"], "a.b": ["2"] } }, "body.staff.a.b[0]")).toEqual(["staff.1.value"]);
  expect(at("programs", { quiet_hours: { days: { mon: "x" } } }, "body.quiet_hours.days.mon")).toEqual(["quiet_hours.forms.1.days.0.value"]);
  expect(at("offers", { title: { fr: "a" } }, "body.title.fr")).toEqual(["title.forms.1.0.value"]);
  expect(at("offers", {}, "body.somewhere")).toEqual([]);
});

it("finds what is missing", () => {
  const field = form("games");
  const draft: Draft = put(draftOf(field, { name: "g", prizes: [{ name: "bike" }] }), "title", "");
  expect(check(field, draft, { required: "!", twice: "2" })).toEqual({ program: "!", "prizes.0.title.forms.0": "!", "prizes.0.count": "!" });
});

it("reads and writes weekdays and weeks", () => {
  expect(daysOf("fri-mon,wed")).toEqual(["mon", "wed", "fri", "sat", "sun"]);
  expect(daysOf("today")).toBeUndefined();
  expect(daysText(["mon", "tue", "wed", "fri", "sun"])).toBe("mon-wed,fri,sun");
  const week = weekOf([["mon-fri", "9:00-19:00"], ["sat", "10:00-18:00"], ["sun", "closed"]]);
  expect(week && weekEntries(week)).toEqual([["mon-fri", "09:00-19:00"], ["sat", "10:00-18:00"]]);
  expect(weekOf([["mon-fri", "08:00-12:00"], ["mon", "14:00-18:00"]])).toBeUndefined();
  expect(weekOf([["mon", "08:00-12:00,14:00-18:00"]])).toBeUndefined();
});
