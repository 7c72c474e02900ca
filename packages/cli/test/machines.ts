/** Trainings under Open MPI's mpirun, with what may happen to them; machines.test.ts does some of it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kill } from "node:process";
import { fileURLToPath } from "node:url";
import { listCheckpoints, loadCheckpoint } from "inkling/node";
import { Stream } from "inkling/numbers";
import { type Ended, onlyJson } from "./running.ts";

const command = fileURLToPath(new URL("../bin/inkling.js", import.meta.url));
/** Groups that run side by side share the cores: none is bound to the first ones, and a rank that waits yields. */
const launcher = [
  ...["--oversubscribe", "--allow-run-as-root", "--bind-to", "none"],
  ...["--mca", "mpi_yield_when_idle", "1"],
];

export const hasOpenMpi = /Open MPI/.test(spawnSync("mpirun", ["--version"], { encoding: "utf8" }).stdout ?? "");
if (!hasOpenMpi) {
  console.warn("Skipped: trainings on several machines. There is no mpirun of Open MPI (docs/cluster.md installs it).");
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `inkling` on so many ranks, or without mpirun on none; several lists of words are several programs. */
export function start(
  cwd: string,
  ranks: number,
  ...given: readonly (readonly string[] | NodeJS.ProcessEnv)[]
): Started {
  const programs = given.filter((words): words is readonly string[] => Array.isArray(words));
  const environment = given.find((words): words is NodeJS.ProcessEnv => !Array.isArray(words));
  const parts = programs.map((words) => ["-n", String(ranks / programs.length), process.execPath, command, ...words]);
  const words = ranks === 0 ? [command, ...programs.flat()] : [...launcher, ...parts.flatMap((part) => [...part, ":"])];
  if (ranks > 0) words.pop();
  // Launchers that share a folder for their sessions take it away while another one starts.
  const sessions = mkdtempSync(join(tmpdir(), "inkling-mpi-"));
  const child = spawn(ranks === 0 ? process.execPath : "mpirun", words, {
    cwd,
    env: { ...process.env, OMPI_MCA_orte_tmpdir_base: sessions, ...environment },
  });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on("data", (data) => out.push(String(data)));
  child.stderr.on("data", (data) => err.push(String(data)));
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => {
      rmSync(sessions, { recursive: true, force: true, maxRetries: 5 });
      resolve({ code, stdout: out.join(""), stderr: err.join("") });
    });
  });
  return { child, ended };
}

export function onRanks(cwd: string, ranks: number, ...programs: readonly (readonly string[])[]): Promise<Ended> {
  return start(cwd, ranks, ...programs).ended;
}

/** The digest of the weights that a training ends with. */
export async function digestOf(cwd: string, ranks: number, words: readonly string[]): Promise<string> {
  const ended = await onRanks(cwd, ranks, words);
  if (ended.code !== 0) throw new Error(`${ranks} ranks ended with ${ended.code}: ${ended.stderr}`);
  return String(onlyJson(ended).weightsSha256);
}

/** The process of a rank; throws where there is none. */
export function processOf(child: ChildProcess, rank: number): number {
  const found = runningOf(child, rank);
  if (found === undefined) throw new Error(`There is no rank ${rank}.`);
  return found;
}

/** The process of a rank, if it still runs. */
function runningOf(child: ChildProcess, rank: number): number | undefined {
  // Where there is none, pgrep ends with 1 and says nothing.
  const children = spawnSync("pgrep", ["-P", String(child.pid)], { encoding: "utf8" })
    .stdout.trim()
    .split("\n");
  return children.map(Number).find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`OMPI_COMM_WORLD_RANK=${rank}`);
    } catch {
      return false;
    }
  });
}

/** Waits until a directory has so many checkpoints, or one of at least this number. */
export async function hasCheckpoints(cwd: string, directory: string, least: number): Promise<void> {
  for (;;) {
    const found = await listCheckpoints(join(cwd, directory)).catch(() => []);
    const last = Math.max(0, ...found.map((path) => Number(/(\d+)\.safetensors$/.exec(path)?.[1])));
    if (last >= least) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Lets a process run for one of ten hundredths of a second until it ends; says whether it was stopped once at least. */
export async function slowed(pid: number): Promise<boolean> {
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  for (let wasStopped = false; ; wasStopped = true) {
    try {
      kill(pid, "SIGSTOP");
      await wait(90);
      kill(pid, "SIGCONT");
    } catch {
      return wasStopped;
    }
    await wait(10);
  }
}

/** A training of everything that sums over the batch, of three blocks, or remembers something. */
export const TRAINING = [
  ...["train", "--data", "digits", "--layers", "3c3,bn,16,d0.2", "--batch-size", "300", "--epochs", "15"],
  ...["--optimizer", "adam", "--average", "0.9", "--validation", "100", "--patience", "14", "--clip-norm", "1"],
  ...["--augmentation", "shift=1", "--threads", "1", "--json"],
];
export const CHECKPOINTS = ["--checkpoint", "ck", "--every", "2steps"];

/** A training on three machines that has so many checkpoints and still runs, and the processes of some ranks. */
async function interruptible(cwd: string, least: number, ranks: readonly number[]) {
  for (;;) {
    const { child, ended } = start(cwd, 3, [...TRAINING, ...CHECKPOINTS]);
    await hasCheckpoints(cwd, "ck", least);
    const processes = ranks.map((rank) => runningOf(child, rank)).filter((pid) => pid !== undefined);
    if (processes.length === ranks.length) return { processes, ended };
    const { code, stderr } = await ended;
    if (code !== 0) throw new Error(`A training that nothing happened to ended with ${code}: ${stderr}`);
    await rm(join(cwd, "ck"), { recursive: true });
  }
}

/** vitest.verify.config.ts sets it. */
const isVerified = process.env.INKLING_VERIFY !== undefined;
const random = new Stream(1, "machines");
let drawn = 0;
const below = (count: number) => Math.floor(count * random.uniform(drawn++));

/**
 * A training on three machines, of which one is killed, or one or all are asked to stop, at any instant; it goes on on
 * another number of machines. Throws where something hangs, where no machine is named, where the exit code is wrong, or
 * where the end is not `digest`. Where the training has ended before this process came to it, it begins again.
 */
export async function stopped(
  cwd: string,
  how: "SIGKILL" | "SIGTERM",
  whom: "one" | "all",
  digest: string,
): Promise<void> {
  const [least, rank] = [1 + below(10), below(3)];
  const { processes, ended } = await interruptible(cwd, least, whom === "all" ? [0, 1, 2] : [rank]);
  const at = performance.now();
  for (const process of processes) kill(process, how);
  const { code, stderr } = await ended;
  const seconds = (performance.now() - at) / 1000;
  const isSaid = how === "SIGTERM" ? stderr.match(/^Interrupted /gm)?.length === 1 : stderr.includes(`rank ${rank} `);
  if (code !== (how === "SIGTERM" ? 143 : 137) || !isSaid) {
    throw new Error(`${whom === "all" ? "All" : `Rank ${rank}`} got ${how}: code ${code}, ${stderr}`);
  }
  await checkCheckpoints(cwd, how === "SIGTERM" ? stderr : undefined);
  // Only where nothing else takes the machine's time is a duration worth a failure.
  if (isVerified && how === "SIGKILL" && seconds > 10) {
    throw new Error(`Rank ${rank} was killed, and all ended after ${seconds} s.`);
  }
  const others = [0, 1, 2, 4][below(4)] ?? 0;
  const found = await digestOf(cwd, others, ["train", "--resume", "ck", "--json", "--threads", "1"]);
  if (found !== digest)
    throw new Error(`After ${how} to ${whom === "all" ? "all" : `rank ${rank}`} of 3, on ${others} machines: ${found}`);
  await rm(join(cwd, "ck"), { recursive: true });
}

/** Checkpoints are whole, one a step at most; where a step was said to be the last, the newest is of that one. */
async function checkCheckpoints(cwd: string, said: string | undefined): Promise<void> {
  const paths = await listCheckpoints(join(cwd, "ck"));
  const found = await Promise.all(paths.map((path) => loadCheckpoint(path)));
  const places = found.map(({ state: { numbers } }) =>
    [numbers["training.epoch"], numbers["training.step"]].join(", "),
  );
  const [, epoch, step = `\\d+`] = /^Interrupted (?:after|in) epoch (\d+)(?:, step (\d+))?/m.exec(said ?? "") ?? [];
  const isOfLast = said === undefined || new RegExp(`^${epoch}, ${step}$`).test(places[0] ?? "");
  if (new Set(places).size !== places.length || !isOfLast) {
    throw new Error(`Checkpoints of ${places.join("; ")} (${said?.match(/^Interrupted.*/m)})`);
  }
}
