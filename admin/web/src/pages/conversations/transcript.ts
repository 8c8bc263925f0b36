import type { Message, ThreadDoc } from "../../api/types";

/** Transcript is a thread as far as it was read: all its messages from the newest back to some moment. */
export interface TranscriptData extends Omit<ThreadDoc, "messages"> {
  /** The newest first. */
  messages: Message[];
  /** Where what is older begins; absent when there is nothing older. */
  next: string | undefined;
}

/** before tells whether a was written earlier than b: ids grow with time. */
const before = (a: Message, b: Message): boolean => BigInt(a.id) < BigInt(b.id);

/**
 * refreshed takes what was read of the newest messages. Older ones that are
 * there already stay, unless so much came meanwhile that a gap would be left.
 */
export function refreshed(known: TranscriptData | undefined, doc: ThreadDoc): TranscriptData {
  const { messages: { items, next }, ...head } = doc;
  const oldest = items.at(-1);
  if (!known || !oldest || !known.messages.some((m) => m.id === oldest.id)) return { ...head, messages: items, next: next || undefined };
  return { ...head, messages: [...items, ...known.messages.filter((m) => before(m, oldest))], next: known.messages.at(-1)?.id === oldest.id ? next || undefined : known.next };
}

/** extended adds a page of older messages at the end. */
export function extended(known: TranscriptData, { messages: { items, next } }: ThreadDoc): TranscriptData {
  const oldest = known.messages.at(-1);
  return { ...known, messages: [...known.messages, ...items.filter((m) => !oldest || before(m, oldest))], next: next || undefined };
}
