import { request, type APIResponse, type BrowserContext } from "playwright-core";
import { inject } from "vitest";

type Method = "get" | "post" | "put" | "patch" | "delete";

const prefix = "/api/v1";

/** api asks the gateway with the cookies of a browser. */
export function api(context: BrowserContext) {
  const send = (method: Method, path: string, data?: unknown, headers: Record<string, string> = {}) =>
    context.request.fetch(prefix + path, { method, headers, ...(data !== undefined && { data }) });
  return {
    get: (path: string) => send("get", path),
    post: (path: string, data?: unknown) => send("post", path, data),
    put: (path: string, data: unknown, headers?: Record<string, string>) => send("put", path, data, headers),
    del: (path: string) => send("delete", path),
    /** want is the answer of what must succeed. */
    async want<T = unknown>(method: Method, path: string, data?: unknown, headers?: Record<string, string>): Promise<T> {
      return read<T>(await send(method, path, data, headers), method, path);
    },
    /** alone asks as nobody. */
    async alone<T = unknown>(method: Method, path: string, data?: unknown): Promise<T> {
      const nobody = await request.newContext({ baseURL: inject("url") });
      try {
        return await read<T>(await nobody.fetch(prefix + path, { method, ...(data !== undefined && { data }) }), method, path);
      } finally {
        await nobody.dispose();
      }
    },
  };
}

async function read<T>(answer: APIResponse, method: string, path: string): Promise<T> {
  const text = await answer.text();
  if (!answer.ok()) throw new Error(`${method} ${path}: ${String(answer.status())} ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}
