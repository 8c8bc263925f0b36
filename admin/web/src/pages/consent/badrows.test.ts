import { expect, it } from "vitest";

import { badRows } from "./badrows";

it("writes the bad rows with their reasons", () => {
  const source = "msisdn,reason\r\n33612345678,letter\r\nabc,\"by, phone\"\r\n";
  expect(badRows([{ line: 3, why: 'no number: "abc"' }], source)).toBe(
    '\uFEFFline,why,row\r\n3,"no number: ""abc""","abc,""by, phone"""\r\n',
  );
});

it("begins no formula, whatever parts the cells", () => {
  const written = badRows([{ line: 1, why: "-" }, { line: 2, why: "+33612345678" }, { line: 3, why: "plain" }], "=1+1\nabc;=1+1\nplain");
  expect(written.split("\r\n").slice(1, 4)).toEqual(["1,'-,'=1+1", `2,'+33612345678,"abc;=1+1"`, "3,plain,plain"]);
});
