import { defineConfig } from "vitest/config";

const project = (name: string, include: string, groupOrder: number) => ({
  test: { name, include: [include], sequence: { groupOrder }, testTimeout: 120_000, hookTimeout: 120_000 },
});

// One demo and one Chromium for all. The first owner is made before all else.
export default defineConfig({
  test: {
    globalSetup: "e2e/harness/room.ts",
    maxWorkers: 2,
    projects: [project("first", "e2e/firstrun.e2e.ts", 0), project("pages", "e2e/!(firstrun).e2e.ts", 1), project("screenshots", "e2e/screenshots.ts", 2)],
  },
});
