/**
 * The benchmark: the same work in Inkling and in its peers. Each measurement is a process; in each round every peer is
 * measured once, one after the other. README.md says how to read the results.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { choose, commandLine, commitOf, count, leave, listing, machine } from "./command-line.js";
import { measure, PATIENCE } from "./measure.js";
import { isInstalled, peers } from "./peers.js";
import { describeTask, markdown, summary } from "./report.js";
import { tasks } from "./tasks/result.js";

const HELP = `The same work in Inkling and in its peers. bench/README.md says how to read the results.

    node bench/run.js [options]

  --tasks T1,T3           what is measured; everything if absent
  --peers inkling,torch   who; everybody who is installed if absent
  --rounds 5              how often each peer does each task
  --threads 2             threads of each process
  --patience ${PATIENCE}           seconds to wait for a quiet machine; 0 waits for nothing and repeats nothing
  --out FILE              where the results go; bench/results/latest.json if absent

Tasks: ${Object.keys(tasks).join(", ")}
Peers: ${Object.keys(peers).join(", ")}`;

const { values, positionals } = commandLine(HELP, {
  tasks: Object.keys(tasks).join(),
  peers: Object.keys(peers).join(),
  rounds: "5",
  threads: "2",
  patience: `${PATIENCE}`,
  out: fileURLToPath(new URL("results/latest.json", import.meta.url)),
});
if (positionals.length > 0) leave(`expected options only, got ${positionals[0]}. See --help.`);
const taskNames = choose("task", values.tasks, tasks);
const peerNames = choose("peer", values.peers, peers);
const [rounds, threads] = [count("rounds", values.rounds), count("threads", values.threads)];
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
  const measured = {};
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      if (failed.includes(`${task} ${name}`)) continue;
      process.stderr.write(`${task}, round ${round} of ${rounds}: ${peers[name].title}\n`);
      try {
        const options = ["--threads", `${threads}`, "--seed", `${round}`];
        const line = await measure([...peers[name].command(task), task, ...options], threads, patience);
        measured[name] = [...(measured[name] ?? []), line];
      } catch (error) {
        failed.push(`${task} ${name}`);
        delete measured[name];
        console.error(`${task} ${name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  results[task] = measured;
  console.log(`${describeTask(task, measured)}\n`);
}
console.log(`${markdown(results)}\n`);
console.log(listing("missing", missing, "peers missing (bench/peers/setup installs them)"));
console.log(listing("failed", failed, "measurements failed"));
write(values.out);
process.exitCode = failed.length > 0 ? 1 : 0;

/** @param {string} file */
function write(file) {
  const lines = Object.values(results).flatMap((measured) => Object.values(measured).flat());
  const document = {
    date: started.toISOString(),
    machine: machine(),
    versions: Object.assign({ node: process.versions.node }, ...lines.map(({ versions }) => versions)),
    commit: commitOf(fileURLToPath(new URL("..", import.meta.url))),
    rounds,
    threads,
    missing,
    failed,
    tasks: Object.fromEntries(Object.entries(results).map(([task, measured]) => [task, summary(task, measured)])),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}
