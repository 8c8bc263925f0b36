import { Text, type TextProps } from "@mantine/core";

/** phoneText writes E.164 digits as people of the country do; a masked number keeps its mask. */
export function phoneText(digits: string): string {
  if (digits.length < 7) return digits; // a short code
  const [code, group] = digits.startsWith("33") ? ["33", /(\d|•)(?=((\d|•){2})+$)/g] : digits.startsWith("1") ? ["1", null] : ["", null];
  const rest = digits.slice(code.length);
  if (group) return `+${code} ${rest.replace(group, "$1 ")}`;
  if (code === "1" && rest.length === 10) return `+1 ${rest.slice(0, 3)} ${rest.slice(3, 6)} ${rest.slice(6)}`;
  return `+${digits}`;
}

/** Phone shows a phone number, which never breaks over lines. */
export function Phone({ number, ...props }: { number: string } & TextProps) {
  return (
    <Text span inherit dir="ltr" style={{ whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" }} {...props}>
      {phoneText(number)}
    </Text>
  );
}
