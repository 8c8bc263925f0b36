/** What a spreadsheet would run instead of showing it (OWASP, CSV injection). */
const formula = /^'*[=+\-@\t\r]/;

/** guarded keeps a text from being taken for a formula; freed takes the guard off again. */
export const guarded = (text: string): string => (formula.test(text) ? `'${text}` : text);
export const freed = (text: string): string => (text.startsWith("'") && formula.test(text) ? text.slice(1) : text);

const cell = (text: string): string => {
  const safe = guarded(text);
  return /[",;\r\n\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** Spreadsheets take a file without it for one of their own code page. */
const bom = "\uFEFF";

/** writeCsv writes rows as RFC 4180 has them. */
export const writeCsv = (rows: string[][]): string => bom + rows.map((row) => row.map(cell).join(",") + "\r\n").join("");

/** separatorOf is what parts the cells of the first line: spreadsheets of some countries write semicolons. */
function separatorOf(text: string): string {
  const [line = ""] = text.split(/\r?\n/, 1);
  const counts = [",", ";", "\t"].map((c) => [c, line.split(c).length] as const);
  return counts.reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

/** readCsv reads rows; undefined when a quoted cell never ends. */
export function readCsv(text: string): string[][] | undefined {
  const body = text.startsWith(bom) ? text.slice(1) : text;
  const separator = separatorOf(body);
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < body.length) {
    let value = "";
    if (body[at] === '"') {
      for (at++; ; at++) {
        if (at >= body.length) return undefined;
        if (body[at] !== '"') value += body[at];
        else if (body[at + 1] === '"') value += body[at++];
        else break;
      }
      at++;
    }
    const rest = body.slice(at).search(separator === "\t" ? /[\t\r\n]/ : separator === ";" ? /[;\r\n]/ : /[,\r\n]/);
    const end = rest < 0 ? body.length : at + rest;
    row.push(freed(value + body.slice(at, end)));
    at = end;
    if (body[at] === separator) {
      at++;
      if (at >= body.length) row.push("");
      if (at < body.length) continue;
    }
    if (body.startsWith("\r\n", at)) at += 2;
    else if (at < body.length) at++;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return rows;
}
