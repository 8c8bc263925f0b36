import type { FieldError } from "../../api/client";

/** Problem is what is wrong with a file, and in which line; 0 for the whole. */
export interface Problem {
  line: number;
  text: string;
}

/** problemOf reads what the API says of a file: body:12:3: text. */
export function problemOf({ message = "" }: FieldError): Problem {
  const [all = "", line = "0"] = /^body:(\d+):\d+: /.exec(message) ?? [];
  return { line: Number(line), text: message.slice(all.length).replace(/^body: /, "") };
}

/** spanOf is where a line begins and ends in a text. */
export function spanOf(text: string, line: number): [start: number, end: number] {
  const before = text.split("\n").slice(0, line - 1).join("\n").length;
  const start = line > 1 ? before + 1 : 0;
  const end = text.indexOf("\n", start);
  return [start, end < 0 ? text.length : end];
}
