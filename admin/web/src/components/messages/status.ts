/** What became of a message to a phone, as a mark beside it shows it. */
export type Mark = "waiting" | "held" | "sent" | "delivered" | "failed" | "refused" | "unknown";

const marks: Record<string, Mark> = {
  queued: "waiting", sending: "waiting", held: "held", sent: "sent", delivered: "delivered",
  undelivered: "failed", rejected: "failed", failed: "failed", refused: "refused", cancelled: "refused", expired: "refused",
};

/** markOf is the mark of a status; one that it does not know is shown as unknown. */
export const markOf = (status: string): Mark => (Object.hasOwn(marks, status) ? marks[status] : undefined) ?? "unknown";

const colors: Record<Mark, string> = { waiting: "gray", held: "yellow", sent: "gray", delivered: "teal", failed: "red", refused: "red", unknown: "gray" };

/** colorOf is the colour of a mark, for badges. */
export const colorOf = (status: string): string => (status === "turn" || status === "ignored" ? "gray" : colors[markOf(status)]);

/** nameOf is a word of the API in the language of the UI; one that it does not know yet as the API tells it. */
export const nameOf = (word: string, names: Record<string, string>): string => (Object.hasOwn(names, word) ? names[word] : undefined) ?? word;
