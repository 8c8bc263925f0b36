import { expect, it } from "vitest";

import { badRows, cell } from "./badrows";

it("writes the bad rows with their reasons", () => {
  const source = "msisdn,reason\r\n33612345678,letter\r\nabc,\"by, phone\"\r\n";
  expect(badRows([{ line: 3, why: 'no number: "abc"' }], source)).toBe(
    'line,why,row\r\n3,"no number: ""abc""","abc,""by, phone"""\r\n',
  );
});

it("begins no formula", () => {
  expect(cell("=1+1")).toBe("'=1+1");
  expect(cell("+33612345678")).toBe("'+33612345678");
  expect(cell("plain")).toBe("plain");
});
