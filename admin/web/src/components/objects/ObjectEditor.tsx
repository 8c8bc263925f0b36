import { Alert, Anchor, Tabs } from "@mantine/core";
import { IconAlertCircle, IconEye } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";

import type { ApiError, Tagged } from "../../api/client";
import { common, useTexts } from "../../i18n";
import { sentence } from "../errors";
import { check, draftOf, formTexts, place, useDraft } from "../schema-form";
import { useUnsaved } from "../useUnsaved";
import type { Stored } from "./api";
import { Conflict } from "./Conflict";
import { pathOf, type Kind, type Shape } from "./kinds";
import classes from "./objects.module.css";
import { ObjectForm } from "./ObjectForm";
import { SaveBar } from "./SaveBar";
import { documentOfSource, lineOf, NotYaml, sourceOf } from "./source";
import { SourceView } from "./SourceView";
import { texts } from "./texts";
import { useSave } from "./useSave";

interface ObjectEditorProps {
  kind: Kind;
  shape: Shape;
  /** Undefined for an object that is to be made. */
  stored: Tagged<Stored<unknown>> | undefined;
  preset: unknown;
  editable: boolean;
  /** Returns the object as it is now, if it stays on this page. */
  saved: (key: string) => Promise<Tagged<Stored<unknown>> | undefined>;
}

/** ObjectEditor edits a document in a form, or as its source. */
export function ObjectEditor({ kind, shape, stored, preset, editable, saved }: ObjectEditorProps) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const f = useTexts(formTexts);
  const [base, setBase] = useState(stored);
  const [first] = useState(() => shape.toForm(base?.data.object ?? preset));
  const state = useDraft(shape.field, first);
  const [source, setSource] = useState<string>(); // while it is edited as source
  const [before, setBefore] = useState("");
  const dirty = source === undefined ? state.dirty : source !== before || state.dirty;
  const pass = useUnsaved(dirty && editable, t);
  const hidden = base ? shape.keys : [];

  const placeErrors = (error: ApiError): string[] => {
    if (source !== undefined) return [t.notSaved, ...error.errors.map((e) => t.line(lineOf(source, e), e.message ?? ""))];
    const { placed, left } = place(shape.field, state.draft, error.errors.map((e) => ({ ...e, location: shape.locate(e.location ?? "") })));
    state.setErrors(placed);
    return [t.problems, ...left];
  };
  const reset = (next: Tagged<Stored<unknown>> | undefined) => {
    setBase(next);
    state.take(shape.toForm(next?.data.object ?? preset));
    setSource(undefined);
    setProblems([]);
    setClash(undefined);
  };
  const { save, busy, problems, setProblems, clash, setClash, exists, setExists } = useSave({
    kind,
    place: placeErrors,
    done: async ({ key }) => {
      pass();
      const now = await saved(key);
      if (now) reset(now);
    },
  });

  // Whoever has saved in vain is led to the first field that is wrong, else to what stands above.
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (problems.length === 0) return;
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    if (wrong) wrong.focus();
    else form.current?.scrollIntoView({ block: "start" });
  }, [problems]);

  const submit = () => {
    let document: unknown;
    try {
      document = source === undefined ? shape.toDocument(state.document) : documentOfSource(source);
    } catch (error) {
      setProblems([t.notYaml(error instanceof NotYaml ? error.message : String(error))]);
      return;
    }
    const missing = source === undefined ? check(shape.field, state.draft, { required: c.required, twice: f.twice }) : {};
    if (Object.keys(missing).length > 0) {
      state.setErrors(missing);
      setProblems([t.problems]);
      return;
    }
    save({ key: base?.data.key ?? shape.keyOf(document), document, etag: base?.etag });
  };

  const show = (tab: string | null) => {
    setProblems([]);
    if (tab === "source") {
      const text = sourceOf(shape.toDocument(state.document));
      setSource(text);
      setBefore(text);
      return;
    }
    if (source === undefined) return;
    try {
      const document = shape.toForm(documentOfSource(source));
      const lost: string[] = [];
      draftOf(shape.field, document, lost);
      if (lost.length > 0) setProblems([t.notShown(lost.join(", "))]);
      else {
        if (source !== before) state.take(document, true);
        setSource(undefined);
      }
    } catch (error) {
      setProblems([t.notYaml(error instanceof NotYaml ? error.message : String(error))]);
    }
  };

  return (
    <form
      noValidate
      ref={form}
      className={classes.editor}
      onSubmit={(event) => { event.preventDefault(); submit(); }}
    >
      {!editable && <Alert mb="md" variant="light" color="gray" icon={<IconEye size={18} />}>{t.readOnly}</Alert>}
      <Problems problems={problems} />
      {exists !== undefined && (
        <Alert role="alert" mb="md" color="yellow" variant="light" icon={<IconAlertCircle size={18} />} title={t.exists} withCloseButton onClose={() => { setExists(undefined); }}>
          {t.existsText} <Anchor component={Link} to={pathOf(kind, exists)} inherit>{t.open}</Anchor>
        </Alert>
      )}
      <Tabs value={source === undefined ? "form" : "source"} onChange={show} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="form">{t.form}</Tabs.Tab>
          <Tabs.Tab value="source">{t.source}</Tabs.Tab>
        </Tabs.List>
        <fieldset className={classes.fields} disabled={!editable}>
          <Tabs.Panel value="form">
            <ObjectForm kind={kind} state={state} secrets={base?.data.secrets ?? []} hidden={hidden} readOnly={!editable} />
          </Tabs.Panel>
          <Tabs.Panel value="source">
            <SourceView value={source ?? ""} change={setSource} label={t.sourceLabel} hint={t.sourceHint} />
          </Tabs.Panel>
        </fieldset>
      </Tabs>
      {editable && <SaveBar dirty={dirty} busy={busy} isNew={!base} discard={() => { reset(base); }} />}
      <Conflict
        clash={clash}
        busy={busy}
        close={() => { setClash(undefined); }}
        takeTheirs={reset}
        saveMine={(over) => { if (clash && base) save({ key: base.data.key, document: clash.mine, etag: over }); }}
      />
    </form>
  );
}

function Problems({ problems }: { problems: string[] }) {
  if (problems.length === 0) return null;
  return (
    <Alert role="alert" mb="md" color="red" variant="light" icon={<IconAlertCircle size={18} />}>
      {problems.map((problem, i) => <div key={i}>{sentence(problem)}</div>)}
    </Alert>
  );
}
