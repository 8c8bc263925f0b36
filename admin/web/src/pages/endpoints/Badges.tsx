import { Badge } from "@mantine/core";

import { useTexts } from "../../i18n";
import { healthOf, type Delivery, type Endpoint } from "./data";
import { texts } from "./texts";

const healthColors = { disabled: "gray", failing: "red", healthy: "teal", untried: "gray" };
const stateColors = { pending: "blue", delivered: "teal", failed: "red" };

/** HealthBadge says how an endpoint fares. */
export function HealthBadge({ endpoint }: { endpoint: Endpoint }) {
  const t = useTexts(texts);
  const health = healthOf(endpoint);
  return <Badge color={healthColors[health]}>{t[health]}</Badge>;
}

/** StateBadge says what became of a delivery. */
export function StateBadge({ delivery }: { delivery: Delivery }) {
  const t = useTexts(texts);
  return <Badge color={stateColors[delivery.state]}>{t.states[delivery.state]}</Badge>;
}
