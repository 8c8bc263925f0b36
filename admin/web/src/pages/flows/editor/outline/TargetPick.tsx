import { ActionIcon, Select } from "@mantine/core";
import { IconArrowRight, IconCornerDownRight, IconPencil, IconPlayerStop, IconRepeat } from "@tabler/icons-react";
import { useState } from "react";

import { useTexts } from "../../../../i18n";
import { useEditing, useNames } from "../context";
import classes from "../editor.module.css";
import { addState, freeName, inTurn, message, nameOf, setTarget } from "../model/edits";
import type { Target } from "../model/flow";
import { outcomeName, stateName } from "../model/language";
import type { Path } from "../../yaml";
import { texts } from "../texts";

interface TargetPickProps {
  path: Path;
  target: Target | undefined;
  /** The state that the way begins in. */
  state: string | undefined;
  /** The way may lead nowhere: the question stays open. */
  optional?: boolean;
  /** Only states, no ends: what an action or a person hands over to. */
  statesOnly?: boolean;
  onPick?: (target: Target | undefined) => void;
}

const stay = "stay";

/** TargetPick tells where a way leads, jumps there, and lets another target be chosen or made. */
export function TargetPick({ path, target, state, optional = false, statesOnly = false, onPick }: TargetPickProps) {
  const t = useTexts(texts);
  const { edit, readOnly, jump } = useEditing();
  const [picking, setPicking] = useState(false);
  const pick = (next: Target | undefined, made?: string) => {
    setPicking(false);
    if (onPick && !made) onPick(next);
    else if (made) edit((flow) => {
      const name = freeName(flow, made);
      return inTurn(addState(name, state, message(flow.languages)), setTarget(path, { kind: "go", name }))(flow);
    });
    else edit(setTarget(path, next));
  };
  const leads = target?.kind === "go" && target.name !== "again" && target.name !== "back";
  const name = !target ? t.stays : target.kind === "end" ? t.ends(target.name) : target.name === "again" ? t.again : target.name === "back" ? t.back : target.name;
  if (picking) return <Picker name={name} optional={optional} statesOnly={statesOnly} mayMake={!onPick} onPick={pick} onClose={() => { setPicking(false); }} />;
  return (
    <span className={classes.target} data-kind={target?.kind ?? stay}>
      {leads ? (
        <button type="button" className={classes.jump} onClick={() => { jump(target.name); }} aria-label={t.jumpTo(target.name)}>
          <IconArrowRight size={14} aria-hidden />
          {name}
        </button>
      ) : (
        <span className={classes.jump} data-still>
          {target?.kind === "end" ? <IconPlayerStop size={14} aria-hidden /> : target ? <IconRepeat size={14} aria-hidden /> : <IconCornerDownRight size={14} aria-hidden />}
          {name}
        </span>
      )}
      {!readOnly && (
        <ActionIcon variant="subtle" color="gray" size={24} aria-label={t.changeTarget(name)} onClick={() => { setPicking(true); }}>
          <IconPencil size={13} />
        </ActionIcon>
      )}
    </span>
  );
}

interface PickerProps {
  /** Where it leads now. */
  name: string;
  optional: boolean;
  statesOnly: boolean;
  mayMake: boolean;
  onPick: (target: Target | undefined, made?: string) => void;
  onClose: () => void;
}

function Picker({ name, optional, statesOnly, mayMake, onPick, onClose }: PickerProps) {
  const t = useTexts(texts);
  const { states, outcomes } = useNames();
  const [search, setSearch] = useState("");
  const typed = nameOf(search);
  const data = [
    { group: t.states, items: states.map((s) => ({ value: `go ${s}`, label: s })) },
    ...(statesOnly ? [] : [{
      group: t.ending,
      items: [...new Set([...outcomes, ...(outcomeName.test(typed) && search ? [typed] : []), "completed"])].map((o) => ({ value: `end ${o}`, label: t.ends(o) })),
    }]),
    {
      group: t.otherwise,
      items: [
        ...(optional ? [{ value: stay, label: t.stays }] : []),
        ...(statesOnly ? [] : [{ value: "go again", label: t.again }, { value: "go back", label: t.back }]),
        ...(mayMake && search && stateName.test(typed) && !states.includes(typed) ? [{ value: `new ${typed}`, label: t.newState(typed) }] : []),
      ],
    },
  ].filter((g) => g.items.length > 0);
  return (
    <Select
      size="xs"
      w={200}
      aria-label={t.target}
      data={data}
      value={null}
      placeholder={name}
      searchable
      autoFocus
      defaultDropdownOpened
      nothingFoundMessage={t.noState}
      searchValue={search}
      onSearchChange={setSearch}
      filter={({ options, search: wanted }) => {
        const w = wanted.trim().toLowerCase();
        return options
          .map((o) => ("items" in o ? { ...o, items: o.items.filter((i) => i.label.toLowerCase().includes(w) || i.value.startsWith("new ") || (nameOf(w) && i.value === `end ${nameOf(w)}`)) } : o))
          .filter((o) => !("items" in o) || o.items.length > 0);
      }}
      onChange={(value) => {
        const [kind, to = ""] = (value ?? stay).split(" ");
        if (value === null) onClose();
        else if (kind === "new") onPick(undefined, to);
        else onPick(value === stay ? undefined : { kind: kind as Target["kind"], name: to });
      }}
      onDropdownClose={onClose}
      comboboxProps={{ width: 260, position: "bottom-end" }}
      maxDropdownHeight={320}
    />
  );
}
