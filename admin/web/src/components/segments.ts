const basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const extended = "\f^{}\\[~]|€";

export interface Size {
  /** Septets, or UTF-16 units. */
  units: number;
  segments: number;
  alphabet: "GSM 03.38" | "UCS-2";
}

/** sizeOf counts the SMS that a text needs, with the headers of long messages of 8 bits. */
export function sizeOf(text: string): Size {
  let septets = 0;
  for (const c of text) {
    if (basic.includes(c)) septets += 1;
    else if (extended.includes(c)) septets += 2;
    else return { units: text.length, segments: parts(text.length, 70, 67), alphabet: "UCS-2" };
  }
  return { units: septets, segments: parts(septets, 160, 153), alphabet: "GSM 03.38" };
}

const parts = (units: number, one: number, each: number) => (units <= one ? 1 : Math.ceil(units / each));
