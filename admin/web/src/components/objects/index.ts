export { useFlows } from "./refs";
export { NewObject, ObjectList } from "./ObjectList";
export { asList, useObjects, useNames, useProblems, type ObjectTrouble, type Planned, type Stored } from "./api";
export { isKind, kinds, listOf, mayChange, pathOf, type Kind } from "./kinds";
export { ObjectPage } from "./ObjectPage";
export { SourceView } from "./SourceView";
export { texts as objectTexts } from "./texts";
