import { ApiError } from "../../../api/client";

/** Kept is a source as the gateway has it. */
export interface Kept {
  source: string;
  etag: string;
}

/** Keeping is how far the keeping of a draft is. */
export type Keeping =
  | { kind: "saved" }
  | { kind: "waiting" }
  | { kind: "saving" }
  /** The gateway is not reached: it is tried again. */
  | { kind: "offline"; error: unknown }
  /** The gateway does not take the source as it is. */
  | { kind: "refused"; error: unknown }
  /** Somebody else has edited the flow meanwhile. */
  | { kind: "conflict"; theirs: Kept };

/** Copy is a source that was not kept yet, with the ETag of what it was written over. */
export interface Copy {
  source: string;
  over: string;
}

export interface Gateway {
  put: (source: string, over: string) => Promise<string>;
  get: () => Promise<Kept>;
}

/** Shelf holds a copy in the browser while the gateway has not taken it. */
export interface Shelf {
  read: () => Copy | undefined;
  write: (copy: Copy) => void;
  clear: () => void;
}

const settle = 1000;
const patience = [2000, 4000, 8000, 15_000, 30_000];

/**
 * Keeper keeps a draft: a second after the last change, one request at a time,
 * each over what the one before has kept. What it could not bring to the
 * gateway stays on the shelf, and is tried again.
 */
export class Keeper {
  private state: Keeping = { kind: "saved" };
  private wanted: string;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | undefined;
  private failures = 0;
  private stopped = false;
  private readonly listeners = new Set<() => void>();

  constructor(
    private kept: Kept,
    private readonly gateway: Gateway,
    private readonly shelf: Shelf,
  ) {
    this.wanted = kept.source;
  }

  readonly read = (): Keeping => this.state;

  readonly subscribe = (listen: () => void): (() => void) => {
    this.listeners.add(listen);
    return () => this.listeners.delete(listen);
  };

  /** begin takes what was left on the shelf; the source to go on with. */
  begin(): string {
    const copy = this.shelf.read();
    if (!copy || copy.source === this.kept.source) {
      this.shelf.clear();
      return this.kept.source;
    }
    this.wanted = copy.source;
    if (copy.over === this.kept.etag) this.later(settle);
    else this.set({ kind: "conflict", theirs: this.kept });
    return copy.source;
  }

  /** change wants another source kept. */
  change(source: string): void {
    if (source === this.wanted) return;
    this.wanted = source;
    if (this.state.kind === "conflict") {
      this.put();
      return;
    }
    if (source === this.kept.source && !this.running) {
      clearTimeout(this.timer);
      this.done();
      return;
    }
    this.put();
    this.later(settle);
  }

  /** flush keeps at once what is not kept yet, and reports whether all is. */
  async flush(): Promise<boolean> {
    await this.running;
    const tries = 3; // somebody may be typing
    for (let i = 0; i < tries && this.state.kind !== "saved" && this.state.kind !== "conflict"; i++) await this.keep();
    return this.state.kind === "saved";
  }

  /** retry tries again now, where it would wait. */
  retry(): void {
    if (this.state.kind === "offline" || this.state.kind === "refused") void this.keep();
  }

  /** mine keeps the own source over theirs. */
  mine(): void {
    if (this.state.kind !== "conflict") return;
    this.kept = this.state.theirs;
    void this.keep();
  }

  /** theirs drops the own source; theirs is returned. */
  theirs(): string {
    if (this.state.kind === "conflict") this.adopt(this.state.theirs);
    return this.kept.source;
  }

  /** adopt goes on from what the gateway has. */
  adopt(kept: Kept): void {
    clearTimeout(this.timer);
    this.kept = kept;
    this.wanted = kept.source;
    this.done();
  }

  /** resume goes on after stop: what waits is kept. */
  resume(): void {
    this.stopped = false;
    if (this.state.kind === "waiting") this.later(settle);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private put(): void {
    this.shelf.write({ source: this.wanted, over: this.kept.etag });
  }

  private done(): void {
    this.shelf.clear();
    this.failures = 0;
    this.set({ kind: "saved" });
  }

  private later(delay: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    if (!this.running && this.state.kind !== "offline") this.set({ kind: "waiting" });
    this.timer = setTimeout(() => void this.keep(), delay);
  }

  private keep(): Promise<void> {
    clearTimeout(this.timer);
    this.running ??= this.send().finally(() => {
      this.running = undefined;
      if (this.state.kind === "waiting") this.later(0);
    });
    return this.running;
  }

  private async send(): Promise<void> {
    const source = this.wanted;
    this.set({ kind: "saving" });
    try {
      const etag = await this.gateway.put(source, this.kept.etag);
      this.kept = { source, etag };
      this.failures = 0;
      if (this.wanted === source) this.done();
      else {
        this.put();
        this.set({ kind: "waiting" });
      }
    } catch (error) {
      await this.failed(error);
    }
  }

  private async failed(error: unknown): Promise<void> {
    if (error instanceof ApiError && error.changed) {
      try {
        const theirs = await this.gateway.get();
        if (theirs.source === this.wanted) this.adopt(theirs);
        else this.set({ kind: "conflict", theirs });
        return;
      } catch (again) {
        error = again;
      }
    }
    const passes = error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
    if (!passes) {
      this.set({ kind: "refused", error });
      return;
    }
    this.set({ kind: "offline", error });
    if (!this.stopped) this.timer = setTimeout(() => void this.keep(), patience[Math.min(this.failures++, patience.length - 1)]);
  }

  private set(state: Keeping): void {
    this.state = state;
    this.listeners.forEach((listen) => { listen(); });
  }
}

const shelfKey = (name: string) => `repartee-flow ${name}`;

/** browserShelf keeps the copy of a flow in the browser. */
export function browserShelf(name: string): Shelf {
  return {
    read: () => {
      try {
        return JSON.parse(localStorage.getItem(shelfKey(name)) ?? "null") as Copy | null ?? undefined;
      } catch {
        return undefined;
      }
    },
    write: (copy) => {
      try {
        localStorage.setItem(shelfKey(name), JSON.stringify(copy));
      } catch {
        // The browser keeps no more: the gateway has it in a second.
      }
    },
    clear: () => { localStorage.removeItem(shelfKey(name)); },
  };
}
