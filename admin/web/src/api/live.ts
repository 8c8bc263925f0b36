import { useQueryClient } from "@tanstack/react-query";

/** every is how often pages that show what happens now are read again, in milliseconds. */
export const every = { transcript: 2000, list: 4000, home: 5000 };

/** useInvalidate marks all that was read below these paths as old: what is shown is read again at once. */
export function useInvalidate(): (...paths: string[]) => Promise<unknown> {
  const client = useQueryClient();
  return (...paths) => client.invalidateQueries({ predicate: ({ queryKey: [key] }) => paths.some((path) => key === path || String(key).startsWith(`${path}/`)) });
}
