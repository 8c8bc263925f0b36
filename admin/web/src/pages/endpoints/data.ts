import type { Schema } from "../../api/types";

export type Endpoint = Schema<"Endpoint">;
export type Delivery = Schema<"EndpointDelivery">;

export const home = "/settings/webhooks";

/** Health is how an endpoint fares. */
export type Health = "disabled" | "failing" | "healthy" | "untried";

export function healthOf(endpoint: Endpoint): Health {
  if (endpoint.disabled) return "disabled";
  if (endpoint.failing_since) return "failing";
  return endpoint.last_success_at ? "healthy" : "untried";
}
