import { Button, Group, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { api, segment } from "../../api/client";
import type { Schema } from "../../api/types";
import { useTexts } from "../../i18n";
import { at, PlainView, useField, useSetting, type EntryDraft, type WidgetProps } from "../schema-form";
import { texts } from "./texts";

/** useInputs are the inputs that a flow declares. */
function useInputs(flow: string): Schema<"Input">[] {
  const found = useQuery({
    queryKey: ["/flows", flow, "inputs"],
    queryFn: async ({ signal }) => {
      const { source } = await api.get<Schema<"FlowDoc">>(`/flows/${segment(flow)}`, { signal });
      return (await api.post<Schema<"Checked">>("/flows/check", { source }, { signal })).flow?.inputs ?? [];
    },
    enabled: flow !== "",
    staleTime: 60_000,
  });
  return found.data ?? [];
}

/** Inputs are values for the inputs of the flow beside: those that it declares are offered. */
export function Inputs(props: WidgetProps) {
  const t = useTexts(texts);
  const { state } = useSetting();
  const { value, set } = useField<EntryDraft[]>(props);
  const flow = at(state.draft, props.path.replace(/inputs$/, "flow")) as string;
  const missing = useInputs(flow).filter((input) => !value.some((entry) => entry.key === input.name));
  return (
    <>
      <PlainView {...props} />
      {missing.length > 0 && (
        <Group gap="xs" mt="sm">
          <Text size="sm" c="dimmed">{t.forFields}</Text>
          {missing.map((input) => (
            <Button key={input.name} size="compact-sm" variant="light" leftSection={<IconPlus size={14} />} onClick={() => { set([...value, { key: input.name, value: "" }]); }}>
              {input.name}{input.required && " *"}
            </Button>
          ))}
        </Group>
      )}
    </>
  );
}
