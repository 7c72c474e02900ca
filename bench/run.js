/**
 * The benchmark: the same work in Inkling and in its peers. Each measurement is a process; in each round every peer is
 * measured once, one after the other. README.md says how to read the results.
 *
 *     node bench/run.js [--tasks T1,T3] [--peers inkling,torch] [--runs 5] [--threads 2] [--patience 60]
 *                       [--out bench/results/latest.json]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { choose, commitOf, count, listing, machine } from "./command-line.js";
import { measure, PATIENCE } from "./measure.js";
import { isInstalled, peers } from "./peers.js";
import { describeTask, markdown, summary } from "./report.js";
import { tasks } from "./tasks/result.js";

const { values } = parseArgs({
  options: {
    tasks: { type: "string", default: Object.keys(tasks).join() },
    peers: { type: "string", default: Object.keys(peers).join() },
    runs: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    patience: { type: "string", default: `${PATIENCE}` },
    out: { type: "string", default: fileURLToPath(new URL("results/latest.json", import.meta.url)) },
  },
});
const taskNames = choose("task", values.tasks, tasks);
const peerNames = choose("peer", values.peers, peers);
const [runs, threads] = [count("runs", values.runs), count("threads", values.threads)];
const patience = count("patience", values.patience, 0);

const missing = peerNames.filter((name) => !isInstalled(peers[name]));
/** @type {string[]} */
const failed = [];
/** @type {Record<string, Record<string, import("./measure.js").Line[]>>} */
const results = {};
const started = new Date();

for (const task of taskNames) {
  const names = tasks[task].peers.filter((name) => peerNames.includes(name) && !missing.includes(name));
  /** @type {Record<string, import("./measure.js").Line[]>} */
  const rounds = {};
  for (let round = 1; round <= runs; round++) {
    for (const name of names) {
      if (failed.includes(`${task} ${name}`)) continue;
      process.stderr.write(`${task}, round ${round} of ${runs}: ${peers[name].title}\n`);
      try {
        const options = ["--threads", `${threads}`, "--seed", `${round}`];
        const line = await measure([...peers[name].command(task), task, ...options], threads, patience);
        rounds[name] = [...(rounds[name] ?? []), line];
      } catch (error) {
        failed.push(`${task} ${name}`);
        delete rounds[name];
        console.error(`${task} ${name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  results[task] = rounds;
  console.log(`${describeTask(task, rounds)}\n`);
}
console.log(`${markdown(results)}\n`);
console.log(listing("missing", missing, "peers missing (bench/peers/setup installs them)"));
console.log(listing("failed", failed, "measurements failed"));
write(values.out);
process.exitCode = failed.length > 0 ? 1 : 0;

/** @param {string} file */
function write(file) {
  const lines = Object.values(results).flatMap((rounds) => Object.values(rounds).flat());
  const document = {
    date: started.toISOString(),
    machine: machine(),
    versions: Object.assign({ node: process.versions.node }, ...lines.map(({ versions }) => versions)),
    commit: commitOf(fileURLToPath(new URL("..", import.meta.url))),
    runs,
    threads,
    missing,
    failed,
    tasks: Object.fromEntries(Object.entries(results).map(([task, rounds]) => [task, summary(task, rounds)])),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}
