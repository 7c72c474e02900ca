/** Starts ranks for tests, where an MPI is installed. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Open MPI's launcher: the one that can start more ranks than there are cores without slowing down. */
export const hasOpenMpi = /Open MPI/.test(spawnSync("mpirun", ["--version"], { encoding: "utf8" }).stdout ?? "");
if (!hasOpenMpi)
  console.warn("Skipped: groups over MPI. There is no mpirun of Open MPI (docs/cluster.md installs it).");

/** A library of the other family, as Debian installs it. */
export const MPICH = "/usr/lib/x86_64-linux-gnu/libmpich.so.12";
export const hasMpich = existsSync(MPICH);

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
}

/** Runs a command of this package to its end. */
export function run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const start = performance.now();
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...environment }, timeout: 60_000 });
  const texts = { out: "", err: "" };
  child.stdout.on("data", (data) => {
    texts.out += data;
  });
  child.stderr.on("data", (data) => {
    texts.err += data;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...texts, seconds: (performance.now() - start) / 1000 }));
  });
}

/** Runs a script on so many ranks of this machine. */
export function mpirun(ranks: number, script: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ended> {
  const launcher = ["-n", String(ranks), "--oversubscribe", "--allow-run-as-root"];
  return run("mpirun", [...launcher, process.execPath, ...script], environment);
}
