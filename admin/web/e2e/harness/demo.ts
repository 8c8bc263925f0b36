import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const program = resolve(import.meta.dirname, "../../../../bin/repartee");

/** How long a demo may take to start, and to stop. */
const patience = 60_000;

/** Demo is `repartee demo` with fresh data on free ports. */
export interface Demo {
  url: string;
  ownerLink: string;
  /** The file with the gateway's log. */
  log: string;
  data: string;
  stop: () => Promise<void>;
}

/** startDemo starts a demo and reads from its first screen where it is. */
export async function startDemo(): Promise<Demo> {
  if (!existsSync(program)) throw new Error(`${program} is not there: run make build`);
  const data = mkdtempSync(join(tmpdir(), "repartee-e2e-"));
  chmodSync(data, 0o711); // PostgreSQL runs as another user when we are root
  const child = spawn(program, ["demo", "--free-ports"], {
    env: { ...process.env, REPARTEE_DATA_DIR: data, REPARTEE_METRICS_ADDR: "off" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = () => void child.kill("SIGTERM");
  process.on("exit", kill);
  const stop = async () => {
    process.off("exit", kill);
    await ended(child);
    forget(data);
  };
  try {
    const ownerLink = await firstScreen(child);
    return { url: new URL(ownerLink).origin, ownerLink, log: join(data, "demo/gateway.log"), data, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** firstScreen reads until the demo is up, and returns the link for the first owner. */
function firstScreen(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let seen = "";
    const late = setTimeout(() => { fail(new Error(`the demo is not up after ${String(patience / 1000)} s; it said:\n${seen}`)); }, patience);
    child.once("error", fail);
    child.once("exit", (code) => { fail(new Error(`the demo ended with status ${String(code)}; it said:\n${seen}`)); });
    if (!child.stdout) return;
    createInterface(child.stdout).on("line", (line) => {
      seen += `${line}\n`;
      if (!line.startsWith("Ctrl-C stops it all")) return;
      clearTimeout(late);
      const link = /http:\S+\/setup#\S+/.exec(seen)?.[0];
      if (link) done(link);
      else fail(new Error(`the demo gave no link for the first owner; it said:\n${seen}`));
    });
  });
}

/** ended asks a process to end, and sees that it does. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((done) => {
    const late = setTimeout(() => child.kill("SIGKILL"), patience);
    child.once("exit", () => {
      clearTimeout(late);
      done();
    });
    child.kill("SIGTERM");
  });
}

/** forget deletes the data. The keeper of the private PostgreSQL stops it when the file of its users is gone. */
function forget(data: string): void {
  rmSync(join(data, "demo/users"), { force: true });
  rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}
