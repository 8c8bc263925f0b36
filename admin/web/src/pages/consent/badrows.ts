import type { Imported } from "../../api/types";
import { writeCsv } from "../../components/csv";

/** badRows is a CSV file of the rows that were not taken: their line, why, and how the line was written. */
export function badRows(bad: Imported["bad"], source: string): string {
  const lines = source.split(/\r\n|\n|\r/);
  return writeCsv([["line", "why", "row"], ...bad.map(({ line, why }) => [String(line), why, lines[line - 1] ?? ""])]);
}
