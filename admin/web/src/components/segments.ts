// The default alphabet of 3GPP TS 23.038 and its extension table, whose characters take two septets.
const basic = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const extended = new Set("\f^{}\\[~]|€");

/** Size is what a text takes as SMS. */
export interface Size {
  alphabet: "GSM" | "UCS-2";
  /** Septets, or UTF-16 units. */
  units: number;
  segments: number;
  /** How many units fit before a segment more begins. */
  left: number;
  /** The first character outside GSM 03.38, which makes the text UCS-2. */
  odd: string | undefined;
}

const limits = { GSM: { single: 160, each: 153 }, "UCS-2": { single: 70, each: 67 } };

/** sizeOf counts as the gateway does when it sends: no pair of units is torn apart by the end of a segment. */
export function sizeOf(text: string): Size {
  const characters = [...text];
  const odd = characters.find((c) => !basic.has(c) && !extended.has(c));
  const alphabet = odd === undefined ? "GSM" : "UCS-2";
  const widths = characters.map((c) => (odd === undefined ? (extended.has(c) ? 2 : 1) : c.length));
  const units = widths.reduce((sum, width) => sum + width, 0);
  const { single, each } = limits[alphabet];
  if (units <= single) return { alphabet, units, segments: 1, left: single - units, odd };
  let segments = 1;
  let filled = 0;
  for (const width of widths) {
    if (filled + width > each) {
      segments++;
      filled = 0;
    }
    filled += width;
  }
  return { alphabet, units, segments, left: each - filled, odd };
}
