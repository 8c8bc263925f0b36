import { NativeSelect, Radio, SimpleGrid, Stack, Text, Textarea } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";

import { useTexts } from "../../../../i18n";
import { releaseQuery, type Version } from "../queries";
import { statesOf, type Policy, type Wish } from "./decision";
import { texts } from "./texts";

interface DecisionProps {
  name: string;
  versions: Version[];
  /** The states of what is published. */
  states: string[];
  value: Wish;
  onChange: (wish: Wish) => void;
}

/** Decision says what becomes of conversations that are under way. */
export function Decision({ name, versions, states, value, onChange }: DecisionProps) {
  const t = useTexts(texts);
  return (
    <Stack gap="xs">
      <Radio.Group aria-label={t.open} value={value.policy} onChange={(policy) => { onChange({ ...value, policy: policy as Policy }); }}>
        <Stack gap={6}>
          {(Object.keys(t.policies) as Policy[]).map((policy) => <Radio key={policy} value={policy} label={t.policies[policy]} />)}
        </Stack>
      </Radio.Group>
      {value.policy === "move" && <Moves name={name} versions={versions} states={states} value={value.move} onChange={(move) => { onChange({ ...value, move }); }} />}
      {value.policy === "end" && (
        <Textarea
          label={t.endText}
          required
          autosize
          minRows={2}
          value={value.end}
          error={!value.end.trim() && t.needEnd}
          onChange={(event) => { onChange({ ...value, end: event.currentTarget.value }); }}
        />
      )}
    </Stack>
  );
}

interface MovesProps {
  name: string;
  versions: Version[];
  states: string[];
  value: Record<string, string>;
  onChange: (move: Record<string, string>) => void;
}

function Moves({ name, versions, states, value, onChange }: MovesProps) {
  const t = useTexts(texts);
  const sources = useQueries({ queries: versions.filter((v) => v.open > 0).map((v) => releaseQuery(name, v.version)) });
  const old = [...new Set(sources.flatMap((found) => (found.data ? statesOf(found.data) : [])))];
  const select = (state: string) => (
    <NativeSelect
      key={state}
      size="xs"
      label={t.moveOf(state)}
      data={[{ value: "", label: states.includes(state) ? t.keepsName : t.staysThere }, ...states]}
      value={value[state] ?? ""}
      onChange={(event) => { onChange({ ...value, [state]: event.currentTarget.value }); }}
    />
  );
  const grid = (found: string[]) => <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">{found.map(select)}</SimpleGrid>;
  const kept = old.filter((state) => states.includes(state));
  return (
    <>
      <Text size="sm" c="dimmed">{t.moveText}</Text>
      {grid(old.filter((state) => !states.includes(state)))}
      {kept.length > 0 && (
        <details>
          <Text component="summary" size="sm" mb="xs" style={{ cursor: "pointer" }}>{t.others}</Text>
          {grid(kept)}
        </details>
      )}
    </>
  );
}
