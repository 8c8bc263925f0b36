import { describe, expect, it, vi } from "vitest";

import { answering } from "../testing/fetch";
import { api, ApiError, onSignedOut, urlOf } from "./client";

describe("the client of the API", () => {
  it("makes an error of a problem, with its fields", async () => {
    answering([422, { detail: "the hours are wrong", errors: [{ location: "body.hours", message: "write 08:00-20:00" }] }]);
    const error = await api.put("/objects/places/lyon", {}).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, message: "the hours are wrong", errors: [{ location: "body.hours" }] });
  });

  it("sends what an edit was made to", async () => {
    const calls = answering([200, { key: "lyon" }, { ETag: '"a"' }], [200, {}]);
    const { etag } = await api.tagged("/objects/places/lyon");
    await api.put("/objects/places/lyon", { name: "lyon" }, { ifMatch: etag });
    expect(calls[1]).toMatchObject({ method: "PUT", url: "/api/v1/objects/places/lyon", headers: { "If-Match": '"a"' }, body: { name: "lyon" } });
  });

  it("tells that nobody is signed in any more, but not when signing in fails", async () => {
    const out = vi.fn();
    onSignedOut(out);
    answering([401, { detail: "wrong" }], [401, { detail: "nobody" }]);
    await expect(api.post("/session", {})).rejects.toThrow("wrong");
    expect(out).not.toHaveBeenCalled();
    await expect(api.get("/users")).rejects.toThrow("nobody");
    expect(out).toHaveBeenCalledOnce();
  });

  it("tells a gateway that is not reached from one that refuses", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
    await expect(api.get("/users")).rejects.toMatchObject({ status: 0 });
    answering([429, { detail: "too many" }, { "Retry-After": "60" }]);
    await expect(api.get("/users")).rejects.toMatchObject({ status: 429, retryAfter: 60 });
  });

  it("leaves out parameters that are empty", () => {
    expect(urlOf("/audit", { object: "", cursor: undefined, limit: 50 })).toBe("/api/v1/audit?limit=50");
  });
});
