import { isMap, isSeq, LineCounter, parseDocument, stringify } from "yaml";

import type { FieldError } from "../../api/client";

/** sourceOf writes a document as YAML. */
export const sourceOf = (document: unknown): string => stringify(document, { lineWidth: 0 });

/** NotYaml says why a source cannot be read. */
export class NotYaml extends Error {}

/** documentOfSource reads YAML; JSON is YAML too. Aliases are refused, as the gateway does. */
export function documentOfSource(source: string): unknown {
  const document = parseDocument(source, { uniqueKeys: true });
  const [first] = document.errors;
  if (first) throw new NotYaml(first.message.split("\n")[0]);
  try {
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch (error) {
    throw new NotYaml(error instanceof Error ? error.message : String(error));
  }
}

/** lineOf is the line of a location such as body.items[1].price in a source; of what is around it when it is not there. */
export function lineOf(source: string, { location = "" }: FieldError): number {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  let node: unknown = document.contents;
  let offset = 0;
  let rest = location.replace(/^body\.?/, "");
  while (rest) {
    const [index, n] = /^\[(\d+)\]\.?/.exec(rest) ?? [];
    if (index && isSeq(node)) {
      node = node.items[Number(n)];
      rest = rest.slice(index.length);
    } else if (isMap(node)) {
      const found = node.items.find((pair) => { const key = String(pair.key); return rest === key || rest.startsWith(`${key}.`) || rest.startsWith(`${key}[`); });
      if (!found) break;
      offset = startOf(found.key) ?? offset;
      rest = rest.slice(String(found.key).length).replace(/^\./, "");
      node = found.value;
      continue;
    } else break;
    offset = startOf(node) ?? offset;
  }
  return lines.linePos(offset).line || 1;
}

const startOf = (node: unknown): number | undefined => (node as { range?: [number, number, number] } | undefined)?.range?.[0];
