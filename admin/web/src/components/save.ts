/** save lets the browser keep a file. */
export function save(name: string, file: Blob): void {
  const url = URL.createObjectURL(file);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}

/** csvFile is a file of CSV. */
export const csvFile = (text: string): Blob => new Blob([text], { type: "text/csv;charset=utf-8" });
