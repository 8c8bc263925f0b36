import { vi } from "vitest";

/** Call is a request that the UI sent. */
export interface Call {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: unknown;
}

export type Answer = [status: number, body?: unknown, headers?: Record<string, string>];

/** answering stands in for the gateway: each request gets the next answer, and is noted. */
export function answering(...answers: Answer[]): Call[] {
  return stand(() => answers.shift());
}

/** gateway stands in likewise, with the answers of each route: "POST /session". The last one stays. */
export function gateway(routes: Record<string, Answer[]>): Call[] {
  return stand(({ method, url }) => {
    const answers = routes[`${method} ${url.replace("/api/v1", "")}`] ?? [];
    return answers.length > 1 ? answers.shift() : answers[0];
  });
}

function stand(next: (call: Call) => Answer | undefined): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    const call = { method: init.method ?? "GET", url, headers: init.headers as Record<string, string>, body: bodyOf(init.body) };
    calls.push(call);
    const [status, body, headers] = next(call) ?? [500, { detail: "nobody expected this request" }];
    return Promise.resolve(new Response(body === undefined ? null : JSON.stringify(body), { status, ...(headers && { headers }) }));
  });
  return calls;
}

/** bodyOf is what was sent: of JSON its value, of a file the file. */
const bodyOf = (body: BodyInit | null | undefined): unknown => (typeof body === "string" ? (JSON.parse(body) as unknown) : (body ?? undefined));
