/** The languages that have built-in answers; others are written by hand. */
export const languageNames = ["de", "en", "es", "fr", "it", "nl", "pl", "pt", "ro", "sv"];

/** The countries of which the gateway knows short codes or sending hours; others are written by hand. */
export const countryCodes = [
  "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
  "MT", "MX", "NL", "NO", "NZ", "PL", "PT", "RO", "SE", "SI", "SK", "US",
];

/** options are codes with their names in the language of the UI. */
export function options(codes: readonly string[], type: "region" | "language" | "currency", ui: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames([ui], { type });
  return codes.map((value) => ({ value, label: nameOf(names, value) })).sort((a, b) => a.label.localeCompare(b.label, ui));
}

function nameOf(names: Intl.DisplayNames, code: string): string {
  const name = names.of(code) ?? code;
  return name === code ? code : `${name.charAt(0).toUpperCase()}${name.slice(1)} (${code})`;
}

/** The time zones that browsers know. */
export const timeZones = (): string[] => Intl.supportedValuesOf("timeZone");
