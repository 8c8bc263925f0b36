import { expect, it } from "vitest";

import { isFine, meaningOf, nameOnly } from "./meanings";
import { texts } from "./texts";

it("puts what carriers answer into words", () => {
  expect(meaningOf("ESME_RTHROTTLED", texts.en.statuses)).toMatch(/too fast/i);
  expect(meaningOf("ESME_RTHROTTLED (0x00000058)", texts.fr.statuses)).toMatch(/trop vite/i);
  expect(meaningOf("ESME_R? (0x00000400)", texts.en.statuses)).toBeUndefined();
});

it("tells what is fine", () => {
  expect(isFine("ESME_ROK")).toBe(true);
  expect(isFine("ESME_RSYSERR")).toBe(false);
  expect(nameOnly("ESME_R? (0x00000400)")).toBe("ESME_R?");
});
