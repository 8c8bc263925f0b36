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

const count = (units: number, one: number, part: number) => (units <= one ? 1 : Math.ceil(units / part));

/** sizeOf counts a text without what stands in braces: at least so much is sent. */
export function sizeOf(text: string): Size {
  const letters = [...text.replaceAll(/\{\{.*?\}\}/gs, "")];
  const odd = letters.find((c) => !cost.has(c));
  const gsm = count(letters.reduce((sum, c) => sum + (cost.get(c) ?? 1), 0), 160, 153);
  if (odd === undefined) return { characters: letters.length, segments: gsm, coding: "GSM 03.38" };
  return { characters: letters.length, segments: count(letters.join("").length, 70, 67), coding: "UCS-2", odd, without: gsm };
}
