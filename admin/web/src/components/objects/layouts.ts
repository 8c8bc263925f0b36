import type { Row } from "./labels";

/** Section is a part of a form; keys that no section has come last. */
export interface Section {
  title: Row;
  keys: string[];
}

const what: Row = ["What it is", "Ce que c’est"];
const when: Row = ["When", "Quand"];

/** layouts order the forms of kinds that have many fields. */
export const layouts: Record<string, Section[]> = {
  carriers: [
    { title: ["Connection", "Connexion"], keys: ["name", "addr", "system_id", "password", "bind", "sessions", "system_type", "address_range", "tls"] },
    { title: ["Throughput", "Débit"], keys: ["window", "throughput", "paused"] },
    { title: ["Texts", "Textes"], keys: ["alphabet", "segmentation", "transliterate", "trim_nul", "validity"] },
    { title: ["Receipts and errors", "Accusés et erreurs"], keys: ["receipts", "temporary", "permanent"] },
    { title: ["Numbers", "Numéros"], keys: ["country_code", "message_id_tag", "addresses"] },
    { title: ["Timing", "Délais"], keys: ["timeouts", "backoff"] },
  ],
  programs: [
    { title: ["Brand", "Marque"], keys: ["name", "brand", "title", "contact", "terms_url"] },
    { title: ["Where and in which languages", "Où et en quelles langues"], keys: ["country", "languages", "time_zone", "currency", "segment_price"] },
    { title: ["Marketing", "Marketing"], keys: ["consent", "quiet_hours", "frequency", "cross_code", "survives_stop"] },
    { title: ["Staff", "Équipe"], keys: ["staff", "canned"] },
    { title: ["Standard answers", "Réponses standard"], keys: ["answers"] },
  ],
  places: [
    { title: what, keys: ["name", "title", "address", "postcode", "country"] },
    { title: ["Hours", "Horaires"], keys: ["hours", "time_zone", "open"] },
  ],
  offers: [
    { title: what, keys: ["name", "program", "title", "amount", "url"] },
    { title: when, keys: ["from", "until", "valid_days", "valid_until"] },
    { title: ["How many", "Combien"], keys: ["total", "per_phone", "per_place"] },
    { title: ["Codes", "Codes"], keys: ["prefix", "length", "printed"] },
  ],
  games: [
    { title: what, keys: ["name", "program"] },
    { title: when, keys: ["from", "until"] },
    { title: ["Draws", "Tirages"], keys: ["odds", "per_phone", "per_day", "codes"] },
    { title: ["Prizes", "Lots"], keys: ["prizes"] },
  ],
};
