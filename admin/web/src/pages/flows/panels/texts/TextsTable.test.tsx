import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, it, vi } from "vitest";

import { newClient, Providers } from "../../../../app";
import { gateway } from "../../../../testing/fetch";
import { TextsTable } from "./TextsTable";

const source = `flow: f
states:
  a: {say: {en: "Hi {{name}}", fr: "Salut"}, replies: [{is: yes, say: "All"}]}
  b: {say: {fr: "Fin"}, end: done}
`;

const seen = vi.fn();

function Held() {
  const [text, setText] = useState(source);
  return <TextsTable source={text} onChange={(next) => { seen(next); setText(next); }} />;
}

beforeEach(() => {
  seen.mockReset();
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600); // jsdom lays nothing out
  gateway({ "POST /flows/check": [[200, { problems: [], flow: { languages: ["en", "fr"], texts: [{ line: 3, column: 17, language: "en", characters: 40, segments: 2, coding: "UCS-2", odd: "é" }] } }]] });
  render(<Providers client={newClient()}><Held /></Providers>);
});

it("shows all texts with their segments, and what is missing", async () => {
  expect(await screen.findByRole("textbox", { name: "a · Says, English" })).toHaveValue("Hi {{name}}");
  expect(await screen.findByText("2 segments")).toBeInTheDocument();
  expect(screen.getByText("UCS-2: “é”")).toBeInTheDocument();
  expect(screen.getByText("1 text is missing")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("checkbox", { name: "Only what is missing" }));
  expect(screen.getAllByRole("rowheader")).toHaveLength(1);
});

it("writes a text when its cell is left, adds what is missing and parts what is shared", async () => {
  await userEvent.type(await screen.findByRole("textbox", { name: "b · Says, English" }), "End");
  expect(seen).not.toHaveBeenCalled();
  await userEvent.tab();
  expect(seen).toHaveBeenLastCalledWith(source.replace('{fr: "Fin"}', '{fr: "Fin", en: "End"}'));
  await userEvent.click(screen.getByRole("button", { name: "Translate a · After reply separately" }));
  expect(seen.mock.lastCall?.[0]).toContain('say: {en: "All", fr: "All"}');
  expect(screen.getByText("Nothing is missing")).toBeInTheDocument();
});

it("tells what a table changes before it takes it", async () => {
  const table = new File(["key,en\r\nstates.a.say,Hello {{name}}\r\nstates.a.say,twice\r\nstates.x.say,?\r\n"], "f.csv", { type: "text/csv" });
  const input = document.querySelector<HTMLInputElement>("input[type=file]");
  if (!input) throw new Error("there is no input for files");
  await userEvent.upload(input, table);
  const report = await screen.findByRole("dialog");
  expect(within(report).getByText("1 text changes, 0 stay as they are.")).toBeInTheDocument();
  expect(within(report).getByText("Unknown text")).toBeInTheDocument();
  expect(within(report).getByText("This text stood in the table before")).toBeInTheDocument();
  expect(seen).not.toHaveBeenCalled();
  await userEvent.click(within(report).getByRole("button", { name: "Take 1 text" }));
  expect(seen).toHaveBeenLastCalledWith(source.replace("Hi {{", "Hello {{"));
});
