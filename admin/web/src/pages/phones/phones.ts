import { useLocalStorage } from "@mantine/hooks";

import type { SimulatedCarrier } from "../../api/types";

/** VirtualPhone is a number on a simulated carrier. */
export interface VirtualPhone {
  number: string;
  carrier: string;
}

export const samePhone = (a: VirtualPhone, b: VirtualPhone) => a.number === b.number && a.carrier === b.carrier;

const isPhone = (x: unknown): x is VirtualPhone =>
  typeof x === "object" && x !== null && "number" in x && "carrier" in x && typeof x.number === "string" && typeof x.carrier === "string";

function deserialize(text?: string): VirtualPhone[] | null {
  try {
    const kept: unknown = JSON.parse(text ?? "null");
    return Array.isArray(kept) && kept.every(isPhone) ? kept : null;
  } catch {
    return null;
  }
}

/** usePhones keeps the phones on the table in the browser; at first they are those that the demo proposes. */
export function usePhones(carriers: SimulatedCarrier[]) {
  const [kept, setKept] = useLocalStorage<VirtualPhone[] | null>({ key: "repartee-phones", defaultValue: null, getInitialValueInEffect: false, deserialize });
  const proposed = carriers.flatMap(({ carrier, phones }) => phones.map((number) => ({ number, carrier })));
  const phones = (kept ?? proposed).filter((phone) => carriers.some((c) => c.carrier === phone.carrier));
  return {
    phones,
    add: (phone: VirtualPhone) => { setKept([...phones.filter((p) => !samePhone(p, phone)), phone]); },
    remove: (phone: VirtualPhone) => { setKept(phones.filter((p) => !samePhone(p, phone))); },
  };
}

/** nextNumber proposes a number on a carrier that is not on the table yet. */
export function nextNumber(carrier: SimulatedCarrier, phones: VirtualPhone[]): string {
  let number = BigInt(carrier.phones[0] ?? "33612345678");
  while (phones.some((p) => p.number === number.toString())) number++;
  return number.toString();
}
