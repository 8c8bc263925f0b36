import type { UseFormReturnType } from "@mantine/form";

import { ApiError } from "../api/client";

/** The texts that tell what failed. */
interface ErrorTexts {
  unreachable: string;
  unknown: string;
  changed: string;
  throttled: (seconds: number) => string;
}

/** messageOf tells a person what failed, and what to do. */
export function messageOf(error: unknown, t: ErrorTexts): string {
  if (!(error instanceof ApiError)) return t.unknown;
  if (error.status === 0) return t.unreachable;
  if (error.status === 429 && error.retryAfter > 0) return t.throttled(error.retryAfter);
  if (error.changed) return t.changed;
  return sentence(error.message) || t.unknown;
}

/** sentence begins with a capital letter, which the API leaves to whoever shows it. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** bindError is why a bind does not stand, without the name of the part that tells. */
export const bindError = (text: string): string => sentence(text.replace(/^smpp: /, ""));

/** fieldOf is the field of a form that a location of the API means: body.items[2].text is items.2.text. */
export function fieldOf(location = ""): string {
  return location.replace(/^body\.?/, "").replaceAll(/\[(\d+)\]/g, ".$1");
}

/**
 * placeErrors puts what the API says of fields beside them, and returns what is
 * left to say above the form; undefined when the fields say it all.
 */
export function placeErrors<V extends object>(form: UseFormReturnType<V>, error: unknown, t: ErrorTexts): string | undefined {
  const placed: Record<string, string> = {};
  let left = !(error instanceof ApiError) || error.errors.length === 0;
  for (const e of error instanceof ApiError ? error.errors : []) {
    const field = fieldOf(e.location);
    const [top = ""] = field.split(".");
    if (top in form.getValues()) placed[field] = sentence(e.message ?? "");
    else left = true;
  }
  form.setErrors(placed);
  return left ? messageOf(error, t) : undefined;
}

