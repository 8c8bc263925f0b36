import { Textarea } from "@mantine/core";

/** SourceView edits a source as text. */
export function SourceView({ value, change, label, hint }: { value: string; change: (text: string) => void; label: string; hint: string }) {
  return (
    <Textarea
      label={label}
      description={hint}
      autosize
      minRows={16}
      maxRows={40}
      spellCheck={false}
      autoCapitalize="off"
      autoCorrect="off"
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem", whiteSpace: "pre", overflowX: "auto" } }}
      value={value}
      onChange={(e) => { change(e.currentTarget.value); }}
    />
  );
}
