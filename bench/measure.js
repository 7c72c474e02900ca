/** One measured process, run to its end, and how much other processes disturbed it. */
import { spawn, spawnSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";

/** Longest that one process may take, in milliseconds. */
const LIMIT = 600_000;
/** The cores that others may use before a round is repeated. */
export const OTHERS = 0.15;
/** How often a round is tried, and how long a quiet moment is waited for, in milliseconds. */
const TRIES = 4;
const PATIENCE = 60_000;
/** What is watched before a process is started, in milliseconds. */
const WATCH = 300;

/**
 * What one process printed, with the whole process's seconds and the cores that others used meanwhile.
 *
 * @typedef {{ [field: string]: any, versions: Record<string, string>, wallSeconds: number, others: number }} Line
 */

/**
 * Runs a command; again if others disturbed it, whatever it had measured. Of several tries the least disturbed counts.
 *
 * @param {string[]} command prints its result as a last line of JSON
 * @param {number} threads
 * @returns {Promise<Line>}
 */
export async function measure(command, threads) {
  /** @type {Line[]} */
  const lines = [];
  let again = true;
  while (again) {
    const isQuiet = await quiet();
    const line = await run(pinned(command, threads));
    lines.push(line);
    again = isQuiet && line.others > OTHERS && lines.length < TRIES;
  }
  const best = lines.reduce((a, b) => (b.others < a.others ? b : a));
  return { ...best, tries: lines.length };
}

/** Waits until others use little of the machine; returns whether they do, or patience has ended. */
async function quiet() {
  for (const from = performance.now(); performance.now() - from < PATIENCE; ) {
    const before = busySeconds();
    await new Promise((resolve) => setTimeout(resolve, WATCH));
    if ((busySeconds() - before) / (WATCH / 1000) <= OTHERS) return true;
  }
  return false;
}

/**
 * @param {string[]} command
 * @returns {Promise<Line>}
 */
function run([program, ...rest]) {
  const [from, busyBefore] = [performance.now(), busySeconds()];
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"], timeout: LIMIT });
  let [output, errors] = ["", ""];
  let [reported, busyReported] = [from, busyBefore];
  child.stdout.on("data", (chunk) => {
    output += chunk;
    // `cpuSeconds` ends here; what the process takes to go away is its own too, but is not in it.
    [reported, busyReported] = [performance.now(), busySeconds()];
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const wallSeconds = (performance.now() - from) / 1000;
      if (code !== 0) {
        const last = errors.trim().split("\n").slice(-3).join(" / ");
        reject(new Error(`ended with ${signal ?? code}: ${last}`));
        return;
      }
      const line = JSON.parse(output.trim().split("\n").at(-1) ?? "");
      const others = Math.max(0, busyReported - busyBefore - line.cpuSeconds) / ((reported - from) / 1000);
      resolve({ ...line, wallSeconds, others });
    });
  });
}

/**
 * The command on as many cores as there are threads: some peers know no other limit.
 *
 * @param {string[]} command
 * @param {number} threads
 */
function pinned(command, threads) {
  if (threads >= availableParallelism() || spawnSync("taskset", ["--version"]).status !== 0) return command;
  return ["taskset", "--cpu-list", `0-${threads - 1}`, ...command];
}

/** Seconds that all cores together have computed since the machine started. */
function busySeconds() {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000;
}
