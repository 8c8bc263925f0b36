import { createContext, useContext } from "react";

import type { Schema } from "../../../api/types";
import type { Edit } from "./model/edits";
import type { Numbers } from "./model/insight";
import type { Suggestion } from "./model/completion";
import type { Path } from "../yaml";

/** Editing is what parts of the editor do; it stays the same while the flow changes. */
export interface Editing {
  edit: (edit: Edit, group?: string) => void;
  /** type does an edit when typing pauses; settle does it now. */
  type: (edit: Edit, group: string) => void;
  settle: () => void;
  readOnly: boolean;
  /** jump shows a state in the view that is open, and goes there with the focus unless it is to stay. */
  jump: (state: string, stay?: boolean) => void;
  /** source shows a node in the source. */
  source: (path: Path) => void;
  copy: (states: readonly string[]) => void;
  paste: (behind: string | undefined) => void;
}

/** Names are those that may be chosen anywhere in the flow. */
export interface Names {
  states: readonly string[];
  outcomes: readonly string[];
  languages: readonly string[];
  suggestions: readonly Suggestion[];
  /** The program that the flow is checked against. */
  program: string | undefined;
  /** What a segment costs, where somebody has said. */
  price: Schema<"Price"> | undefined;
}

/** Sized is what a text takes at worst, and the text that was measured. */
export interface Sized {
  text: string;
  size: Schema<"TextSize">;
}

/** Checks are what the last check found. */
export interface Checks {
  /** By the path of a text and its language. */
  sizes: ReadonlyMap<string, Sized>;
  /** By state; those of no state under the empty name. */
  problems: ReadonlyMap<string, readonly Schema<"Trouble">[]>;
}

function contextOf<T>() {
  const Context = createContext<T | undefined>(undefined);
  const use = (): T => {
    const value = useContext(Context);
    if (value === undefined) throw new Error("this is a part of the editor, and stands outside");
    return value;
  };
  return [Context, use] as const;
}

export const [EditingContext, useEditing] = contextOf<Editing>();
export const [NamesContext, useNames] = contextOf<Names>();
export const [ChecksContext, useChecks] = contextOf<Checks>();
/** What is looked for, to be marked in texts. */
export const [FindContext, useFind] = contextOf<string>();
/** How people went through the flow; reading: they are about to come. */
export const [NumbersContext, useNumbers] = contextOf<Numbers | "off" | "reading">();
