/** Runs one measured process to its end, and finds out how much other processes disturbed it. */
import { spawn, spawnSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";

/** Longest that one process may take, in milliseconds. */
const LIMIT = 600_000;
/** The cores that others may use before a round is repeated. */
export const OTHERS = 0.15;
/** How often a round is tried at most. */
const TRIES = 4;
/** How long a quiet moment is waited for unless another time is given, in seconds. */
export const PATIENCE = 60;
/** How long the machine is watched before a process is started, in milliseconds. */
const WATCH = 300;

/**
 * What one process printed, the seconds of the whole process, and how many cores other processes used meanwhile.
 *
 * @typedef {{ [field: string]: any, versions: Record<string, string>, wallSeconds: number, others: number }} Line
 */

/**
 * Runs a command. If other processes disturbed it, it is run again, whatever it measured. The least disturbed try
 * counts.
 *
 * @param {string[]} command prints its result as a last line of JSON
 * @param {number} threads
 * @param {number} patience how long a quiet moment is waited for, in seconds; 0: no wait, and one try
 * @returns {Promise<Line>}
 */
export async function measure(command, threads, patience) {
  /** @type {Line[]} */
  const lines = [];
  let again = true;
  while (again) {
    const isQuiet = await quiet(patience);
    const line = await run(pinned(command, threads));
    lines.push(line);
    again = isQuiet && line.others > OTHERS && lines.length < TRIES;
  }
  const best = lines.reduce((a, b) => (b.others < a.others ? b : a));
  return { ...best, tries: lines.length };
}

/**
 * Waits until others use little of the machine; returns true when they do, false after `patience` seconds.
 *
 * @param {number} patience
 */
async function quiet(patience) {
  for (const from = performance.now(); performance.now() - from < 1000 * patience; ) {
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
    // `cpuSeconds` ends here: it does not contain the time that the process needs to exit.
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
        const lines = errors.trim().split("\n");
        // Python's error is the last line, Node's stands above its stack.
        const said = lines.findLast((text) => /^[\w.]*Error\b/.test(text)) ?? lines.slice(-3).join(" / ");
        reject(new Error(`ended with ${signal ?? code}: ${said}`));
        return;
      }
      const line = JSON.parse(output.trim().split("\n").at(-1) ?? "");
      const others = Math.max(0, busyReported - busyBefore - line.cpuSeconds) / ((reported - from) / 1000);
      resolve({ ...line, wallSeconds, others });
    });
  });
}

/**
 * The command, limited to as many cores as there are threads: some peers have no setting for that.
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
