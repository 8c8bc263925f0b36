import { readFlow, type Flow } from "./model/flow";
import type { Edit } from "./model/edits";
import { begun, edited, redone, undone, type History } from "./model/history";

/** Session is the one document that all views edit: its source, and what can be taken back. */
export class Session {
  private history: History;
  private model: Flow;
  private good: Flow;
  private readonly listeners = new Set<() => void>();
  private typed: { edit: Edit; group: string; timer: ReturnType<typeof setTimeout> } | undefined;

  constructor(
    source: string,
    private readonly changed: (source: string) => void,
  ) {
    this.history = begun(source);
    this.model = readFlow(source);
    this.good = this.model;
  }

  readonly subscribe = (listen: () => void): (() => void) => {
    this.listeners.add(listen);
    return () => this.listeners.delete(listen);
  };

  readonly read = (): History => this.history;

  /** flow is the source as it is read now. */
  readonly flow = (): Flow => this.model;

  /** legible is the last flow that was YAML: what the outline shows while the source is not. */
  readonly legible = (): Flow => this.good;

  /** edit changes the flow; edits of one group that follow each other closely are taken back together. */
  readonly edit = (edit: Edit, group?: string): void => {
    this.settle();
    if (this.model.errors.length > 0) return;
    this.write(edit(this.model), group);
  };

  /** type does an edit when typing pauses; the next of its group stands for it until then. */
  readonly type = (edit: Edit, group: string): void => {
    if (this.typed && this.typed.group !== group) this.settle();
    clearTimeout(this.typed?.timer);
    this.typed = { edit, group, timer: setTimeout(this.settle, 150) };
  };

  /** settle does what is still being typed. */
  readonly settle = (): void => {
    const { typed } = this;
    if (!typed) return;
    clearTimeout(typed.timer);
    this.typed = undefined;
    this.edit(typed.edit, typed.group);
  };

  /** write puts another source in the place of this one. */
  readonly write = (source: string, group?: string): void => {
    this.settle();
    this.go(edited(this.history, source, Date.now(), group));
  };

  readonly undo = (): void => {
    this.settle();
    this.go(undone(this.history));
  };

  readonly redo = (): void => {
    this.settle();
    this.go(redone(this.history));
  };

  private go(next: History): void {
    if (next === this.history) return;
    const before = this.history.present;
    this.history = next;
    if (next.present !== before) {
      this.model = readFlow(next.present);
      if (this.model.errors.length === 0) this.good = this.model;
      this.changed(next.present);
    }
    this.listeners.forEach((listen) => { listen(); });
  }
}
