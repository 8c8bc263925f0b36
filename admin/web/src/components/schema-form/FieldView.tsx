import { createElement } from "react";

import { useSetting, type WidgetProps } from "./context";
import { EitherView } from "./EitherView";
import { GroupView } from "./GroupView";
import { ChoiceView, FlagView, NumberView, TextView, WordsView } from "./inputs";
import { ListView } from "./ListView";
import { MapView } from "./MapView";
import { widgetFor } from "./widgets";

/** FieldView shows a field: in a way of its own where there is one, else by its kind. */
export function FieldView(props: WidgetProps) {
  const { widgetOf } = useSetting();
  // The widgets themselves stand outside; here one is only chosen.
  return createElement(widgetOf(props.field) ?? widgetFor(props.field) ?? PlainView, props);
}

/** PlainView shows a field by its kind. */
export function PlainView({ field, ...rest }: WidgetProps) {
  switch (field.kind) {
    case "text":
      return <TextView field={field} {...rest} />;
    case "number":
      return <NumberView field={field} {...rest} />;
    case "flag":
      return <FlagView field={field} {...rest} />;
    case "choice":
      return <ChoiceView field={field} {...rest} />;
    case "list":
      return field.item.kind === "text" ? <WordsView field={field} {...rest} /> : <ListView field={field} {...rest} />;
    case "map":
      return <MapView field={field} {...rest} />;
    case "group":
      return <GroupView field={field} {...rest} />;
    case "either":
      return <EitherView field={field} {...rest} />;
  }
}
