import { resolve } from "node:path";

/** Where screenshots and logs of failed tests are. */
export const evidence = resolve(import.meta.dirname, "../../../../.cache/e2e");
