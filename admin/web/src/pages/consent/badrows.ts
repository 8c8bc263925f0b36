import type { Imported } from "../../api/types";

const formula = /^[=+\-@\t\r]/;

/** cell writes a field of a CSV file; none begins what a spreadsheet would run as a formula. */
export function cell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** badRows is a CSV file of the rows that were not taken: their line, why, and how the line was written. */
export function badRows(bad: Imported["bad"], source: string): string {
  const lines = source.split(/\r\n|\n|\r/);
  const rows = bad.map(({ line, why }) => [String(line), why, lines[line - 1] ?? ""]);
  return [["line", "why", "row"], ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** save lets the browser keep a text as a file. */
export function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
