import { existsSync, rmSync } from "node:fs";

import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";

import { startDemo } from "./demo";
import { evidence } from "./evidence";

declare module "vitest" {
  export interface ProvidedContext {
    url: string;
    ownerLink: string;
    browser: string;
    gatewayLog: string;
  }
}

const chromiumPath = process.env.REPARTEE_CHROMIUM ?? "/usr/bin/chromium";

/** setup starts what all tests share: one demo and one Chromium. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(chromiumPath)) throw new Error(`${chromiumPath} is not there: install Debian's package chromium, or set REPARTEE_CHROMIUM`);
  rmSync(evidence, { recursive: true, force: true });
  const demo = await startDemo();
  const browser = await chromium.launchServer({
    executablePath: chromiumPath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
  });
  project.provide("url", demo.url);
  project.provide("ownerLink", demo.ownerLink);
  project.provide("browser", browser.wsEndpoint());
  project.provide("gatewayLog", demo.log);
  return async () => {
    await browser.close();
    await demo.stop();
  };
}
