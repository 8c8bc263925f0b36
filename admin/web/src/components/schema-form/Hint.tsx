import { Code } from "@mantine/core";

/** Hint shows a description of the manual: what stands in backticks is code, a link is its text. */
export function Hint({ text }: { text: string }) {
  const parts = text.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1").split("`");
  return (
    <>
      {parts.map((part, i) => (i % 2 ? <Code key={i} fz="inherit" style={{ whiteSpace: "normal" }}>{part}</Code> : part))}
    </>
  );
}

export const hintOf = (text: string | undefined) => (text ? <Hint text={text} /> : undefined);
