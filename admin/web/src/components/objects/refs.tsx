import { Anchor, MultiSelect, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, segment } from "../../api/client";
import type { List, Schema } from "../../api/types";
import { useTexts } from "../../i18n";
import { useInput, type Widget, type WidgetProps } from "../schema-form";
import { useNames } from "./api";
import type { Kind } from "./kinds";
import { texts } from "./texts";

/** Reference chooses one of the objects that there are. What is gone stays until another is chosen. */
function Reference({ names, empty, ...props }: WidgetProps & { names: string[]; empty: string }) {
  const { value, set, input } = useInput<string>(props);
  const data = value && !names.includes(value) ? [...names, value] : names;
  return <Select {...input} openOnFocus={false} searchable clearable={!props.field.required} nothingFoundMessage={empty} data={data} value={value || null} onChange={(v) => { set(v ?? ""); }} />;
}

const referenceTo = (kind: Kind): Widget =>
  function ToObject(props) {
    const t = useTexts(texts);
    return <Reference {...props} names={useNames(kind)} empty={t.reference(t.kinds[kind])} />;
  };

/** useFlows lists the names of flows. */
export const useFlows = (): string[] =>
  useQuery({ queryKey: ["/flows", "names"], queryFn: async ({ signal }) => (await api.get<List<Schema<"FlowItem">>>("/flows", { signal })).items ?? [] }).data?.map((f) => f.name) ?? [];

const Flow: Widget = (props) => {
  const t = useTexts(texts);
  const { value } = useInput<string>(props);
  return (
    <>
      <Reference {...props} names={useFlows()} empty="—" />
      {value && (
        <Text size="xs" mt={4}>
          <Anchor component={Link} to={`/flows/${segment(value)}`} inherit>{t.openFlow}</Anchor>
        </Text>
      )}
    </>
  );
};

const Carriers: Widget = (props) => {
  const { value, set, input } = useInput<string[]>(props);
  const names = useNames("carriers");
  return <MultiSelect {...input} openOnFocus={false} searchable hidePickedOptions data={[...new Set([...names, ...value])]} value={value} onChange={set} />;
};

/** references are the fields that name other objects, by the last key of their path. */
export const references: Record<string, Widget> = {
  program: referenceTo("programs"), short_code: referenceTo("short_codes"), place: referenceTo("places"), flow: Flow, fallback: Flow, carriers: Carriers,
};
