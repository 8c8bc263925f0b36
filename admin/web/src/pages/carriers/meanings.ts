import type { texts } from "./texts";

type StatusTexts = (typeof texts)["en"]["statuses"] | (typeof texts)["fr"]["statuses"];

/** nameOnly is a status without its number: "ESME_ROK (0x00000000)" is ESME_ROK. */
export const nameOnly = (status: string): string => status.split(" ")[0] ?? status;

/** meaningOf puts a status of SMPP into words; undefined for one that carriers made up. */
export function meaningOf(status: string, t: StatusTexts): string | undefined {
  const name = nameOnly(status);
  return Object.hasOwn(t, name) ? t[name as keyof StatusTexts] : undefined;
}

/** isFine reports whether a status says that the carrier took the message. */
export const isFine = (status: string): boolean => nameOnly(status) === "ESME_ROK";
