import type { Language } from "../../i18n";
import type { Kind } from "./kinds";

/** What a list of a kind shows beside the key; columns from the third on are for wide screens. */
export const listed: Record<Kind, string[]> = {
  programs: ["brand", "contact", "country", "languages"],
  short_codes: ["program", "carriers", "country", "fallback"],
  keywords: [],
  places: ["title", "address", "postcode", "hours"],
  carriers: ["addr", "bind", "sessions", "throughput"],
  webhooks: ["url", "timeout", "tries"],
  contact_fields: ["type"],
  offers: ["title", "program", "amount", "total"],
  catalogues: ["items", "minimum", "postcodes"],
  polls: ["program", "choices", "until"],
  games: ["program", "prizes", "odds", "until"],
};

/** valueText writes a value of a document in one line: of texts by language, that of the UI. */
export function valueText(value: unknown, language: Language): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? valueText(item.title ?? item.name, language) : valueText(item, language))).join(", ");
  if (!isObject(value)) return String(value);
  const byLanguage = value[language] ?? value.en;
  return typeof byLanguage === "string" ? byLanguage : Object.values(value).map((inner) => valueText(inner, language)).join(", ");
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
