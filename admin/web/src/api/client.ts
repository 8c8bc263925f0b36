/** FieldError says what is wrong with one part of a request. */
export interface FieldError {
  location?: string;
  message?: string;
  value?: unknown;
}

interface Problem {
  type?: string;
  title?: string;
  detail?: string;
  errors?: FieldError[] | null;
}

/** ApiError is an answer of the API that is none: a problem of RFC 9457. */
export class ApiError extends Error {
  readonly type: string;
  readonly errors: FieldError[];

  constructor(
    /** The HTTP status; 0 when the gateway was not reached. */
    readonly status: number,
    problem: Problem = {},
    /** Seconds to wait before asking again. */
    readonly retryAfter = 0,
  ) {
    super(problem.detail || problem.title || "");
    this.name = "ApiError";
    this.type = problem.type ?? "about:blank";
    this.errors = problem.errors ?? [];
  }

  /** changed: somebody else edited the object since it was read. */
  get changed(): boolean {
    return this.status === 412;
  }
}

/** The type of the problem that asks for a code beside the password. */
export const secondFactor = "urn:repartee:second-factor";

export const prefix = "/api/v1";

/** Query holds parameters; those that are empty are not sent. */
export type Query = Record<string, string | number | boolean | undefined | null>;

export interface RequestOptions {
  query?: Query | undefined;
  signal?: AbortSignal | undefined;
  /** The ETag of the version that is edited. */
  ifMatch?: string | undefined;
  headers?: Record<string, string>;
}

/** Tagged is an object with the ETag that an edit of it sends back. */
export interface Tagged<T> {
  data: T;
  etag: string;
}

let signedOut: () => void = () => undefined;

/** onSignedOut sets what happens when the API knows nobody any more. */
export function onSignedOut(f: () => void): void {
  signedOut = f;
}

export function urlOf(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") parameters.set(name, String(value));
  }
  const search = parameters.toString();
  return prefix + path + (search && `?${search}`);
}

/** request sends anything that fetch takes, and makes an ApiError of what fails. */
export async function request(method: string, path: string, body?: BodyInit, options: RequestOptions = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json, application/problem+json", ...options.headers };
  if (options.ifMatch) headers["If-Match"] = options.ifMatch;
  let response: Response;
  try {
    response = await fetch(urlOf(path, options.query), {
      method,
      headers,
      body: body ?? null,
      signal: options.signal ?? null,
      credentials: "same-origin",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0);
  }
  if (response.ok) return response;
  const error = await problemOf(response);
  // Signing in fails with 401 as well: there it says that the password is wrong.
  if (error.status === 401 && !(method === "POST" && (path === "/session" || path === "/links"))) signedOut();
  throw error;
}

async function problemOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  let problem: Problem = {};
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    problem = { title: response.statusText }; // a proxy answered
  }
  return new ApiError(response.status, problem, Number(response.headers.get("Retry-After")) || 0);
}

async function json<T>(method: string, path: string, body: unknown, options: RequestOptions = {}): Promise<T> {
  const headers = body === undefined ? options.headers : { "Content-Type": "application/json", ...options.headers };
  const response = await request(method, path, body === undefined ? undefined : JSON.stringify(body), { ...options, ...(headers && { headers }) });
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** segment makes a part of a path of any text. */
export const segment = encodeURIComponent;

/** api asks the gateway in JSON. Paths begin behind /api/v1. */
export const api = {
  get: <T>(path: string, options?: RequestOptions) => json<T>("GET", path, undefined, options),
  post: <T>(path: string, body?: unknown, options?: RequestOptions) => json<T>("POST", path, body, options),
  put: <T>(path: string, body: unknown, options?: RequestOptions) => json<T>("PUT", path, body, options),
  patch: <T>(path: string, body: unknown, options?: RequestOptions) => json<T>("PATCH", path, body, options),
  del: <T = void>(path: string, body?: unknown, options?: RequestOptions) => json<T>("DELETE", path, body, options),

  /** tagged reads an object that is going to be edited: send its etag as ifMatch. */
  async tagged<T>(path: string, options?: RequestOptions): Promise<Tagged<T>> {
    const response = await request("GET", path, undefined, options);
    return { data: (await response.json()) as T, etag: response.headers.get("ETag") ?? "" };
  },
};
