import { Scalar } from "yaml";

import { apply, quoted, read, replaced, textOf, valueOf } from "../source";

/** withGolden adds a golden conversation to the tests of a flow. */
export function withGolden(text: string, script: string): string {
  const source = read(text);
  const node = valueOf(source.doc.contents, "tests");
  const old = textOf(node) ?? "";
  const all = `${old.trimEnd()}\n${script}`.trim();
  const end = text.endsWith("\n") ? text : `${text}\n`;
  if (!node) return `${end}tests: |\n${indented(all, "  ")}\n`;
  if (!(node instanceof Scalar) || node.type !== Scalar.BLOCK_LITERAL) return apply(text, [replaced(source, node, quoted(`${all}\n`))]);
  const written = text.slice(...(node.range ?? [0, 0]).slice(0, 2));
  const indent = /\n( +)\S/.exec(written)?.[1] ?? "  ";
  return apply(text, [replaced(source, node, `${written.trimEnd()}\n${indented(script.trim(), indent)}`)]);
}

const indented = (text: string, indent: string): string => text.split("\n").map((line) => (line ? indent + line : line)).join("\n");
