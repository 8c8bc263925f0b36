import type { Message } from "../../api/types";

/** Journey is a text of the phone with all that went out because of it; or what nothing of this phone caused. */
export interface Journey {
  key: string;
  incoming?: Message;
  outgoing: Message[];
}

/** journeysOf puts messages, the newest first, to what caused them; answers follow in their order. */
export function journeysOf(messages: Message[]): Journey[] {
  const journeys: Journey[] = [];
  const byText = new Map<string, Journey>();
  for (const m of [...messages].reverse()) {
    const known = m.cause && byText.get(m.cause);
    if (known) {
      known.outgoing.push(m);
      continue;
    }
    const journey: Journey = m.direction === "in" ? { key: m.id, incoming: m, outgoing: [] } : { key: m.id, outgoing: [m] };
    if (m.direction === "in") byText.set(m.id, journey);
    journeys.push(journey);
  }
  return journeys.reverse();
}
