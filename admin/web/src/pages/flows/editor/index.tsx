import { Button, SimpleGrid, Tabs, Textarea } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { Scalar } from "yaml";

import { api } from "../../../api/client";
import { ErrorState, Page, Skeletons, useAction } from "../../../components";
import { PhonePanel, PublishDialog, TextsTable, VersionsPanel } from "../panels";
import { flowPath, type FlowDoc } from "../panels/queries";
import { apply, quoted, read, replaced, textOf, valueOf } from "../source";

export default function Editor() {
  const { name = "" } = useParams();
  const found = useQuery({ queryKey: ["editor", name], queryFn: () => api.tagged<FlowDoc>(flowPath(name)) });
  if (found.error) return <ErrorState error={found.error} />;
  if (!found.data) return <Skeletons height={72} />;
  return <Loaded key={found.data.etag} name={name} flow={found.data.data} etag={found.data.etag} />;
}

function Loaded({ name, flow, etag }: { name: string; flow: FlowDoc; etag: string }) {
  const client = useQueryClient();
  const [source, setSource] = useState(flow.source);
  const [publishing, setPublishing] = useState(false);
  const save = useAction(() => api.put(`${flowPath(name)}/draft`, { source }, { ifMatch: etag }), () => client.invalidateQueries());
  const dirty = source !== flow.source;
  return (
    <Page wide title={name} actions={<><Button variant="default" disabled={!dirty} onClick={() => { save.mutate(undefined); }}>Save</Button><Button onClick={() => { setPublishing(true); }}>Publish</Button></>}>
      <Tabs defaultValue="write">
        <Tabs.List mb="md"><Tabs.Tab value="write">Write</Tabs.Tab><Tabs.Tab value="texts">Texts</Tabs.Tab><Tabs.Tab value="versions">Versions</Tabs.Tab></Tabs.List>
        <Tabs.Panel value="write">
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <Textarea aria-label="Source" ff="monospace" autosize minRows={20} maxRows={30} value={source} onChange={(e) => { setSource(e.currentTarget.value); }} />
            <div style={{ height: "44rem" }}><PhonePanel source={source} program={flow.programs[0]} onKeepGolden={(script) => { setSource(withGolden(source, script)); }} /></div>
          </SimpleGrid>
        </Tabs.Panel>
        <Tabs.Panel value="texts"><TextsTable source={source} onChange={setSource} /></Tabs.Panel>
        <Tabs.Panel value="versions"><VersionsPanel name={name} source={source} onRestore={setSource} /></Tabs.Panel>
      </Tabs>
      <PublishDialog name={name} opened={publishing} onClose={() => { setPublishing(false); }} onPublished={() => void client.invalidateQueries()} dirty={dirty} />
    </Page>
  );
}

/** withGolden adds a golden conversation to the tests of a flow. */
function withGolden(text: string, script: string): string {
  const source = read(text);
  const node = valueOf(source.doc.contents, "tests");
  const old = textOf(node) ?? "";
  const all = `${old.trimEnd()}\n${script}`.trim();
  const end = text.endsWith("\n") ? text : `${text}\n`;
  if (!node) return `${end}tests: |\n${indented(all, "  ")}\n`;
  if (!(node instanceof Scalar) || node.type !== Scalar.BLOCK_LITERAL) return apply(text, [replaced(source, node, quoted(`${all}\n`))]);
  const written = text.slice(...(node.range ?? [0, 0]).slice(0, 2));
  const indent = /\n( +)\S/.exec(written)?.[1] ?? "  ";
  return apply(text, [replaced(source, node, `${written.trimEnd()}\n${indented(script.trim(), indent)}`)]);
}

const indented = (text: string, indent: string): string => text.split("\n").map((line) => (line ? indent + line : line)).join("\n");
