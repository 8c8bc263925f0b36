import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import {
  addAction, addElse, addGolden, addInput, addLanguage, addReply, addState, addTimeout, copied, deleteState, freeName, inTurn, isStates, message, moveIn, moveState, nameOf, pasted, question, removeAt, renameInput, renameState, setComment, setCommentBehind,
  setHead, setInput, setName, setPhrases, setTarget, setText, setTitle, setWay, splitText, type Edit,
} from "./edits";
import { readFlow, type Flow } from "./flow";
import { goldens } from "./golden";
import { applied, plain, quoted } from "../../yaml";

const folder = join(__dirname, "../../../../../../../demo/flows");
const files = readdirSync(folder);
const demo = (name: string) => readFlow(readFileSync(join(folder, name), "utf8"));

/** changed are the lines that an edit took away and put in. */
function changed(flow: Flow, edit: Edit): { gone: string[]; come: string[] } {
  const [before, after] = [flow.source.split("\n"), edit(flow).split("\n")];
  let top = 0;
  while (top < before.length && before[top] === after[top]) top++;
  let end = 0;
  while (end < before.length - top && end < after.length - top && before.at(-1 - end) === after.at(-1 - end)) end++;
  return { gone: before.slice(top, before.length - end), come: after.slice(top, after.length - end) };
}

const stateOf = (flow: Flow, name: string) => {
  const found = flow.states.find((s) => s.name === name);
  if (!found) throw new Error(`no state ${name}`);
  return found;
};

const small = readFlow(`# On top.
flow: small
languages: [fr, en]
start: ask
states:
  # first of all
  ask:   # the question
    say: {fr: "Oui ?", en: "Yes?"}
    replies:
      - {is: yes, go: done}
      # not today
      - {is: no, say: "Bye", end: declined}
    timeout: {after: 1h, go: done}

  done: {say: "Thanks", end: completed}
tests: |
  == yes
  > x
  ! state ask
`);

describe.each(files)("%s", (file) => {
  const flow = demo(file);

  it("is read without errors, and is the same when nothing is edited", () => {
    expect(flow.errors).toEqual([]);
    expect(flow.states.length).toBeGreaterThan(0);
    expect(applied(flow.source, [])).toBe(flow.source);
    expect(flow.states.flatMap((s) => s.unknown)).toEqual([]);
  });

  it("keeps every byte when texts, targets and names are written as they are", () => {
    for (const say of flow.says) {
      for (const [language, text] of Object.entries(say.byLanguage)) {
        const now = readFlow(setText(say.path, language, text)(flow));
        expect(now.states).toHaveLength(flow.states.length);
        expect(now.says.map((s) => s.byLanguage)).toEqual(flow.says.map((s) => s.byLanguage));
      }
    }
    for (const r of flow.references) expect(setName(r.path, r.name)(flow)).toBe(flow.source);
  });

  it("changes one line when a text on one line is edited", () => {
    for (const say of flow.says) {
      for (const language of Object.keys(say.byLanguage)) {
        const { gone, come } = changed(flow, setText(say.path, language, 'New "text": {{x}}\nline'));
        expect(gone).toHaveLength(1);
        expect(come).toHaveLength(1);
        expect(come[0]).toContain(String.raw`"New \"text\": {{x}}\nline"`);
      }
    }
  });

  it("finds every reference: a renamed state is renamed everywhere, and back", () => {
    for (const { name } of flow.states) {
      const now = readFlow(renameState(name, "quite-new")(flow));
      expect(now.references.map((r) => r.name)).not.toContain(name);
      expect(now.errors).toEqual([]);
      expect(now.source.split("\n")).toHaveLength(flow.source.split("\n").length);
      expect(renameState("quite-new", name)(now)).toBe(flow.source);
    }
  });

  it("leads only to states that are there", () => {
    const names = new Set(flow.states.map((s) => s.name));
    for (const r of flow.references) expect(names).toContain(r.name);
  });

  it("moves states and puts them back", () => {
    const last = flow.states.length - 1;
    const moved = readFlow(moveIn(["states"], 0, last)(flow));
    expect(moved.states.map((s) => s.name)).toEqual([...flow.states.slice(1), ...flow.states.slice(0, 1)].map((s) => s.name));
    expect(moveIn(["states"], last, 0)(moved)).toBe(flow.source);
  });

  it("takes each state, reply and timeout away, and nothing else", () => {
    for (const s of flow.states) {
      const left = readFlow(deleteState(s.name)(flow));
      expect(left.errors).toEqual([]);
      expect(left.states.map((x) => x.name)).toEqual(flow.states.filter((x) => x !== s).map((x) => x.name));
      for (const part of [...s.replies, ...s.timeouts, ...s.do, ...s.events, ...(s.otherwise ? [s.otherwise] : [])]) {
        const now = readFlow(removeAt(part.path)(flow));
        expect(now.errors).toEqual([]);
        expect(now.states.filter((x) => x.name !== s.name).map((x) => x.text)).toEqual(flow.states.filter((x) => x.name !== s.name).map((x) => x.text));
        const then = now.states.find((x) => x.name === s.name);
        if (then) expect(then.replies.length + then.timeouts.length + then.do.length + then.events.length + (then.otherwise ? 1 : 0)).toBe(s.replies.length + s.timeouts.length + s.do.length + s.events.length + (s.otherwise ? 1 : 0) - 1);
      }
    }
  });

  it("takes an answer, a timeout, an else and an action more in each state that waits", () => {
    for (const s of flow.states.filter((x) => x.replies.length > 0)) {
      const now = readFlow(inTurn(addReply(s.path, { words: "[extra]", end: "extra" }), addTimeout(s.path, { after: "9h", end: "late" }), addAction(s.path, "{tag: seen}"))(flow));
      expect(now.errors).toEqual([]);
      const then = stateOf(now, s.name);
      expect(then.replies).toHaveLength(s.replies.length + 1);
      expect(then.replies.at(-1)).toMatchObject({ words: { all: ["extra"] }, target: { kind: "end", name: "extra" } });
      expect(then.timeouts).toHaveLength(s.timeouts.length + 1);
      expect(then.timeouts.at(-1)?.after).toBe("9h");
      expect(then.do.at(-1)?.name).toBe("tag");
    }
  });

  it("is copied into another flow, and leads to the copies", () => {
    const yaml = copied(flow, flow.states.map((s) => s.name));
    expect(isStates(yaml)).toBe(true);
    const twice = readFlow(pasted(yaml, undefined)(flow));
    expect(twice.errors).toEqual([]);
    expect(twice.states).toHaveLength(flow.states.length * 2);
    const copies = new Set(twice.states.slice(flow.states.length).map((s) => s.name));
    for (const r of twice.references.filter((x) => copies.has(String(x.path[1])))) expect(copies).toContain(r.name);
  });

  it("takes a language more", () => {
    const now = readFlow(addLanguage("de")(flow));
    expect(now.errors).toEqual([]);
    expect(now.languages).toContain("de");
    for (const say of now.says) expect(say.all ?? say.byLanguage.de).toBeDefined();
  });
});

it("reads what a state is made of", () => {
  const flow = demo("pizza-order.yaml");
  const menu = stateOf(flow, "menu");
  expect(menu.replies).toHaveLength(4);
  expect(menu.replies[0]).toMatchObject({ save: "asked", target: { kind: "go", name: "size" }, comment: { above: '"2 reine", also as PIZZA 2 REINE: how many and which in one text' } });
  expect(menu.replies[3]?.options.map((o) => [o.value, o.label.byLanguage.en])).toEqual([["margherita", "Margherita 9.00"], ["reine", "Reine 11.00"], ["cheese", "4 cheeses 12.00"], ["jardin", "Jardin 10.50"]]);
  expect(menu.timeouts.map((t) => [t.after, t.target?.name])).toEqual([["20m", undefined], ["2h", "abandoned"]]);
  expect(menu.otherwise).toMatchObject({ tries: "4", target: { kind: "end", name: "abandoned" } });
  expect(flow.comment).toMatch(/^Pizza by text: .*\ntaken back/);
  expect(flow.anywhere?.replies).toHaveLength(2);
  expect(flow.ways).toContainEqual({ from: "menu", by: "reply:3", to: "size" });
  expect(flow.ways).toContainEqual({ from: "where", by: "reply:0.1", to: "address" });
  expect(stateOf(demo("free-meal.yaml"), "lapsed").comment.behind).toBe("says nothing: it listens for a late yes");
  expect(goldens(flow).map((t) => t.name)).toContain("a reminder, then the end");
  const [first] = goldens(flow);
  expect(flow.source.split("\n")[(first?.line ?? 0) - 1]?.trim()).toBe("== the whole order in French");
});

it("writes only the lines of an edit", () => {
  expect(changed(small, setTarget(["states", "ask", "replies", 0], { kind: "end", name: "gone" }))).toEqual({ gone: ["      - {is: yes, go: done}"], come: ["      - {is: yes, end: gone}"] });
  expect(changed(small, setTarget(["states", "ask", "replies", 0], undefined)).come).toEqual(["      - {is: yes}"]);
  expect(changed(small, addReply(["states", "ask"], { is: "any", go: "done" }))).toEqual({ gone: [], come: ["      - {is: any, go: done}"] });
  expect(changed(small, setName(["states", "ask", "replies", 0, "save"], "said")).come).toEqual(["      - {is: yes, save: said, go: done}"]);
  expect(changed(small, setTitle("Small: one")).come).toEqual(['title: "Small: one"']);
  expect(changed(small, setText(["states", "done", "say"], undefined, "Thank you")).come).toEqual(['  done: {say: "Thank you", end: completed}']);
  expect(changed(small, splitText(["states", "done", "say"], ["fr", "en"])).come).toEqual(['  done: {say: {fr: "Thanks", en: "Thanks"}, end: completed}']);
  expect(changed(small, addElse(["states", "ask"], { tries: "3", end: "declined" })).come).toEqual(["    else: {tries: 3, end: declined}"]);
  expect(changed(small, setPhrases(["states", "ask", "replies", 0, "words"], "fr", ["bien sur", "a: b"])).come).toEqual(['      - {is: yes, words: {fr: [bien sur, "a: b"]}, go: done}']);
});

it("makes a list of a timeout that stands alone", () => {
  expect(changed(small, addTimeout(["states", "ask"], { after: "2h", end: "late" }))).toEqual({
    gone: ["    timeout: {after: 1h, go: done}"],
    come: ["    timeout:", "      - {after: 1h, go: done}", "      - {after: 2h, end: late}"],
  });
});

it("lets a state wait or go on, not both", () => {
  expect(changed(small, addReply(["states", "done"], { is: "yes", go: "ask" })).come).toEqual(['  done: {say: "Thanks", replies: [{is: yes, go: ask}]}']);
  const now = readFlow(setWay(["states", "ask"], "go", "done")(small));
  expect(stateOf(now, "ask")).toMatchObject({ replies: [], timeouts: [], target: { kind: "go", name: "done" } });
});

it("adds states behind others", () => {
  expect(changed(small, addState("more", "ask", question(["fr", "en"])))).toEqual({
    gone: [],
    come: ["  more:", '    say: {fr: "", en: ""}', "    replies: [{is: yes, go: again}]"],
  });
  expect(readFlow(addState("more", undefined, message(["en"]))(small)).states.map((s) => s.name)).toEqual(["ask", "done", "more"]);
});

it("reads and writes comments", () => {
  expect(stateOf(small, "ask").comment).toEqual({ above: "first of all", behind: "the question" });
  expect(stateOf(small, "ask").replies[1]?.comment.above).toBe("not today");
  expect(changed(small, setComment(["states", "ask"], "one\ntwo"))).toEqual({ gone: ["  # first of all"], come: ["  # one", "  # two"] });
  expect(changed(small, setComment(["states", "ask"], "")).come).toEqual([]);
  expect(changed(small, setComment(["states", "done"], "the end")).come).toEqual(["  # the end"]);
  expect(changed(small, setCommentBehind(["states", "ask"], "")).come).toEqual(["  ask:"]);
  expect(changed(small, setCommentBehind(["states", "done"], "short")).come).toEqual(['  done: {say: "Thanks", end: completed}  # short']);
  expect(changed(small, setHead("Top\nmore")).come).toEqual(["# Top", "# more"]);
});

it("leads elsewhere what led to a deleted state", () => {
  const now = readFlow(deleteState("done", { kind: "end", name: "completed" })(small));
  expect(now.references.map((r) => r.name)).toEqual(["ask"]);
  expect(stateOf(now, "ask").replies[0]?.target).toEqual({ kind: "end", name: "completed" });
});

it("renames a state in the tests, too", () => {
  expect(renameState("ask", "begin")(small)).toContain("! state begin");
});

it("keeps a rehearsal as a test", () => {
  expect(changed(small, addGolden("== new\n> x\n< y\n"))).toEqual({ gone: [], come: ["  == new", "  > x", "  < y"] });
  const without = readFlow("flow: a\nstart: b\nstates: {b: {end: c}}\n");
  expect(addGolden("== new\n> x")(without)).toBe("flow: a\nstart: b\nstates: {b: {end: c}}\ntests: |\n  == new\n  > x\n");
});

it("quotes what YAML would read as something else", () => {
  expect(quoted('a "b" \\ c\n\u200bé')).toBe(String.raw`"a \"b\" \\ c\n\u200bé"`);
  for (const text of ["answer == 56", "19:30", "price + 3", "yes", "0600"]) expect(plain(text)).toBe(text);
  for (const text of ["'18:00'", "a, b", "a ? b : c", "x[1]", "- a", "a #b", " a", ""]) expect(plain(text)).toBe(quoted(text));
});

it("makes names of what is typed", () => {
  expect(nameOf("Où êtes-vous ?")).toBe("ou-etes-vous");
  expect(nameOf("back")).toBe("back-2");
  expect(freeName(small, "ask")).toBe("ask-2");
});

it("reads what is half written as far as it goes", () => {
  const half = readFlow('flow: x\nstates:\n  a:\n    say: "open\n  b: {');
  expect(half.errors.length).toBeGreaterThan(0);
  expect(half.name).toBe("x");
  for (const source of ["", "- a", "flow:", "states: [a]", "states:\n  a:\n", "a: &x b\nc: *x\n"]) expect(() => readFlow(source)).not.toThrow();
});

describe("what is given at the start", () => {
  const flow = readFlow("flow: f\ninputs: {seat: text, until: {type: time, default: \"14:30\"}}   # of the house\nstart: a\nstates:\n  a: {say: A, end: done}\n  b: {say: B, end: done}\n  c: {say: C, end: done}\n");
  const inputs = (edit: Edit) => edit(flow).split("\n")[1];

  it("is read", () => {
    expect(flow.inputs.map(({ name, type, default: d }) => [name, type, d])).toEqual([["seat", "text", undefined], ["until", "time", "14:30"]]);
  });

  it("is added, changed, named anew and taken away on its line", () => {
    expect(inputs(addInput("seat"))).toBe('inputs: {seat: text, until: {type: time, default: "14:30"}, seat2: text}   # of the house');
    expect(inputs(setInput(["inputs", "seat"], "text", "B4"))).toContain('seat: {type: text, default: "B4"}');
    expect(inputs(setInput(["inputs", "until"], "number", undefined))).toContain("until: {type: number}");
    expect(inputs(renameInput(["inputs", "seat"], "table"))).toContain("{table: text, until");
    expect(inputs(renameInput(["inputs", "seat"], "until"))).toContain("{seat: text, until");
    expect(addInput("seat")(small)).toContain("\ninputs: {seat: text}\n");
  });

  it("does not keep a state from being put elsewhere", () => {
    const order = (edit: Edit) => readFlow(edit(flow)).states.map((s) => s.name).join("");
    expect([order(moveState("a", "behind", "c")), order(moveState("c", "before", "a")), order(moveState("a", "before", "c")), order(moveState("a", "before", "b"))]).toEqual(["bca", "cab", "bac", "abc"]);
  });
});
