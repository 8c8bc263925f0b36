import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { newClient, Providers } from "../../../../app";
import { PhonePanel } from "./PhonePanel";

interface Request {
  source: string;
  lines: string[];
}

const question = "Lunch? Reply YES.";
const source = `flow: lunch
states:
  ask: {say: "${question}", replies: [{is: yes, go: done}]}
tests: |
  $ keyword LUNCH
  == yes
  > lunch
`;

/** A gateway that plays: each line is answered by what it is. */
function playing(): Request[] {
  const played: Request[] = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    const body = JSON.parse(init.body as string) as Request;
    if (url.endsWith("/flows/check")) return answer(200, { problems: [], flow: { languages: ["en", "fr"], inputs: [{ name: "seat", type: "text", required: true }], texts: [] } });
    played.push(body);
    if (body.source.includes("broken")) return answer(422, { detail: "the flow has errors" });
    const moments = body.lines.map((line) => ({
      line,
      now: line.startsWith("@") ? "2026-11-20T12:20:00+01:00" : "2026-11-20T12:00:00+01:00",
      next: "2026-11-20T12:20:00+01:00",
      said: said(line, body.source),
      conversations: line.startsWith("$") ? [] : [{ flow: "lunch", state: "ask" }],
      rule: line.startsWith(">") ? "front" : "",
      trace: [],
      ...(line === "! state x" && { problem: "the state is ask, not x" }),
    }));
    return answer(200, { moments, script: body.lines.map((line) => `${line}\n`).join("") });
  });
  return played;
}

const answer = (status: number, body: unknown) => Promise.resolve(new Response(JSON.stringify(body), { status }));

function said(line: string, text: string) {
  if (line.startsWith("* start")) return [{ text: text.includes("Dinner") ? "Dinner? Reply YES." : question, class: "marketing", segments: 1, held: "2026-11-21T08:00:00+01:00" }];
  if (line.startsWith("> ")) return [{ text: "Done.", class: "reply", segments: 1 }, { to: "hosts", text: "Table B4", segments: 1 }];
  return [];
}

const panel = (text: string, keep: (script: string) => void) => <Providers client={newClient()}><PhonePanel source={text} onKeepGolden={keep} /></Providers>;

async function begin() {
  await userEvent.type(await screen.findByLabelText(/seat/), "B4");
  await userEvent.click(screen.getByRole("button", { name: "Start the flow" }));
  return screen.getByRole("log");
}

it("starts with inputs, sends texts, lets time pass and goes back", async () => {
  const played = playing();
  render(panel(source, () => undefined));
  const log = await begin();
  expect(await within(log).findByText(question)).toBeInTheDocument();
  expect(within(log).getByText(/Waits until Sat 08:00/)).toBeInTheDocument();
  expect(within(log).getByText("1 segment · marketing")).toBeInTheDocument();
  expect(played.at(-1)?.lines).toEqual(["$ keyword LUNCH", '* start {seat: "B4"}']);

  await userEvent.click(screen.getByRole("button", { name: "YES" }));
  expect(await within(log).findByText("Done.")).toBeInTheDocument();
  expect(within(log).getByText("To hosts")).toBeInTheDocument();
  expect(within(log).getByText("Taken by: the open question")).toBeInTheDocument();
  expect(screen.getByText("lunch · ask")).toBeInTheDocument();

  await userEvent.type(screen.getByLabelText("Text message"), "no way{Enter}");
  await waitFor(() => { expect(played.at(-1)?.lines.at(-1)).toBe("> no way"); });
  await userEvent.click(await screen.findByRole("button", { name: /Next timer/ }));
  await waitFor(() => { expect(played.at(-1)?.lines.at(-1)).toBe("@ +20m"); });
  await userEvent.click(screen.getByRole("button", { name: "One step back" }));
  await waitFor(() => { expect(within(log).queryByText("Fri 12:20")).not.toBeInTheDocument(); });
  await userEvent.click(screen.getByRole("button", { name: "Begin again" }));
  expect(await screen.findByRole("button", { name: "Start the flow" })).toBeInTheDocument();
});

it("plays all anew in another language, and with another draft", async () => {
  const played = playing();
  const client = newClient();
  const show = (text: string) => <Providers client={client}><PhonePanel source={text} onKeepGolden={() => undefined} /></Providers>;
  const { rerender } = render(show(source));
  const log = await begin();
  await userEvent.selectOptions(screen.getByLabelText("Language of the phone"), "fr");
  await waitFor(() => { expect(played.at(-1)?.lines).toEqual(["$ keyword LUNCH", "$ language fr", '* start {seat: "B4"}']); });
  rerender(show(source.replace("Lunch?", "Dinner?")));
  expect(await within(log).findByText("Dinner? Reply YES.")).toBeInTheDocument();
  rerender(show(`${source}broken`));
  expect(await screen.findByText(/The draft has errors/)).toBeInTheDocument();
  expect(within(log).getByText("Dinner? Reply YES.")).toBeInTheDocument();
});

it("keeps what was played as a golden conversation with a name", async () => {
  playing();
  const keep = vi.fn();
  render(panel(source, keep));
  await begin();
  await screen.findByText(question);
  await userEvent.click(screen.getByRole("button", { name: "Keep as golden conversation" }));
  await userEvent.type(await screen.findByLabelText("Lines"), "{End}{Enter}< *");
  await userEvent.type(screen.getByLabelText("What it proves"), "starts{Enter}");
  expect(keep).toHaveBeenCalledWith('== starts\n* start {seat: "B4"}\n< *\n');
});

it("shows a problem at its line", async () => {
  playing();
  render(panel(source, () => undefined));
  const log = await begin();
  await userEvent.selectOptions(screen.getByLabelText("Who writes"), "A line");
  await userEvent.type(screen.getByLabelText("A line of a golden conversation"), "! state x{Enter}");
  expect(await within(log).findByText("the state is ask, not x")).toBeInTheDocument();
});
