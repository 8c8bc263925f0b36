import { createContext, useContext, type ComponentType } from "react";

import type { Draft } from "./draft";
import { sentence } from "../errors";
import type { Field } from "./model";
import { at, type DraftState } from "./useDraft";

/** WidgetProps are what a field is shown with, wherever it stands. */
export interface WidgetProps {
  field: Field;
  /** Where its value stands in the draft. */
  path: string;
  /** What stands around it says already what it is. */
  bare?: boolean;
}

export type Widget = ComponentType<WidgetProps>;

export interface Label {
  label: string;
  hint?: string | undefined;
}

export interface FormSetting {
  state: DraftState;
  /** How a field is called; parts of lists and maps have the path of what they are part of. */
  labelOf: (field: Field) => Label;
  /** Shows a field in a way of its own. */
  widgetOf: (field: Field) => Widget | undefined;
  /** Nothing can be changed, and so everything is open. */
  readOnly: boolean;
  /** The secrets that are set. */
  secrets: string[];
  /** What a value of a choice is called. */
  optionOf: (field: Field, value: string) => string;
}

export const FormContext = createContext<FormSetting | undefined>(undefined);

export function useSetting(): FormSetting {
  const setting = useContext(FormContext);
  if (!setting) throw new Error("a field stands outside of a SchemaForm");
  return setting;
}

/** useField gives what an input needs: its value, how to change it, and what it is called. */
export function useField<T extends Draft>({ field, path }: WidgetProps) {
  const { state, labelOf } = useSetting();
  const { label, hint } = labelOf(field);
  const wrong = state.errors[path];
  return {
    value: at(state.draft, path) as T,
    set: (value: T) => { state.set(path, value); },
    label,
    hint,
    error: wrong && sentence(wrong),
    required: field.required && field.path !== "",
  };
}
