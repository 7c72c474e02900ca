/** Starts ranks for tests, where an MPI is installed. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
}

/** Runs a command of this package to its end; the code of one that hangs, and is ended after a minute, is null. */
export function run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  // Launchers that share a folder for their sessions take it away while another one starts.
  const sessions = mkdtempSync(join(tmpdir(), "inkling-mpi-"));
  const env = { ...process.env, OMPI_MCA_orte_tmpdir_base: sessions, ...environment };
  const child = spawn(command, args, { cwd: root, env, timeout: 60_000 });
  const texts = { out: "", err: "" };
  child.stdout.on("data", (data) => {
    texts.out += data;
  });
  child.stderr.on("data", (data) => {
    texts.err += data;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      rmSync(sessions, { recursive: true, force: true, maxRetries: 5 });
      resolve({ code: child.killed ? null : code, ...texts });
    });
  });
}

/** Groups that run side by side share the cores: none is bound to the first ones, and a rank that waits yields. */
const sharing = ["--bind-to", "none", "--mca", "mpi_yield_when_idle", "1"];

/** Runs a script on so many ranks of this machine. */
export function mpirun(ranks: number, script: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ended> {
  const launcher = ["-n", String(ranks), "--oversubscribe", "--allow-run-as-root", ...sharing];
  return run("mpirun", [...launcher, process.execPath, ...script], environment);
}
