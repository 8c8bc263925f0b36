/** The letters of GSM 03.38, and those that take two places. */
const basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const extended = "^{}\\[~]|€\f";
const cost = new Map([...[...basic].map((c) => [c, 1] as const), ...[...extended].map((c) => [c, 2] as const)]);

/** Size is what a text takes on the air. */
export interface Size {
  characters: number;
  segments: number;
  coding: string;
  /** The first character that GSM 03.38 lacks. */
  odd?: string;
  /** The segments without such characters. */
  without?: number;
}

export const gsm = "GSM 03.38";

/** capacity is how many characters a number of segments holds. */
export function capacity(segments: number, coding: string): number {
  const [one, part] = coding === gsm ? [160, 153] : [70, 67];
  return segments <= 1 ? one : segments * part;
}

/** segmentsFor is how many segments a number of characters takes. */
export const segmentsFor = (units: number, coding: string): number => (coding === gsm ? count(units, 160, 153) : count(units, 70, 67));

const count = (units: number, one: number, part: number) => (units <= one ? 1 : Math.ceil(units / part));

/** sizeOf counts a text without what stands in braces: at least so much is sent. */
export function sizeOf(text: string): Size {
  const letters = [...text.replaceAll(/\{\{.*?\}\}/gs, "")];
  const odd = letters.find((c) => !cost.has(c));
  const plain = count(letters.reduce((sum, c) => sum + (cost.get(c) ?? 1), 0), 160, 153);
  if (odd === undefined) return { characters: letters.length, segments: plain, coding: gsm };
  return { characters: letters.length, segments: count(letters.join("").length, 70, 67), coding: "UCS-2", odd, without: plain };
}

/** assumed is how much the values of a text may take that nobody has measured yet; a menu is what it is. */
export function assumed(text: string): number {
  return [...text.matchAll(/\{\{\s*(.*?)\s*\}\}/gs)].reduce((sum, [, value = ""]) => sum + (lengths[value] ?? 40), 0);
}

const lengths: Record<string, number> = { menu: 0, cart: 0, "program.brand": 20, "program.contact": 20, short_code: 20, "conversation.reference": 5 };
