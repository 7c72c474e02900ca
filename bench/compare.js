/**
 * Two checkouts of Inkling, measured in turn in one run: is this one slower than the other?
 *
 * A round does a task once in each checkout, each time in a new process. Odd rounds start with this checkout, even ones
 * with the other. A round's ratio is this checkout's figure divided by the other's: what slows down the whole round
 * cancels out. The result is the median of the ratios. Each checkout is measured by its own bench/tasks/inkling.js.
 */
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { choose, commandLine, commitOf, count, leave, listing, machine } from "./command-line.js";
import { measure, PATIENCE } from "./measure.js";
import { peers } from "./peers.js";
import { digits, disturbed, figure } from "./report.js";
import { median, tasks } from "./tasks/result.js";

/** A round of one task: both checkouts with the same seed. */
/** @typedef {{ here: import("./measure.js").Line, there: import("./measure.js").Line }} Round */

/** Ratios nearer to 1 than this are no difference. */
const TOLERANCE = 0.03;
/** What tasks.json says of a task beside the work itself. */
const BESIDE_THE_WORK = ["title", "accuracy", "peers", "measures"];

const HELP = `Is this checkout of Inkling slower than another? bench/README.md says how to read the results.

    node bench/compare.js OTHER_CHECKOUT [options]

  --tasks T1,T3   what is measured; everything if absent
  --rounds 9      how often each checkout does each task
  --threads 2     threads of each process
  --patience ${PATIENCE}   seconds to wait for a quiet machine; 0 waits for nothing and repeats nothing
  --out FILE      where the results go; nowhere if absent

Tasks: ${Object.keys(tasks).join(", ")}`;

const { values, positionals } = commandLine(HELP, {
  tasks: Object.keys(tasks).join(),
  rounds: "9",
  threads: "2",
  patience: `${PATIENCE}`,
  out: undefined,
});
if (positionals.length !== 1) leave(`expected one other checkout, got ${positionals.length}. See --help.`);
const taskNames = choose("task", values.tasks, tasks);
const [rounds, threads] = [count("rounds", values.rounds), count("threads", values.threads)];
const patience = count("patience", values.patience, 0);
const folders = { here: fileURLToPath(new URL("..", import.meta.url)), there: resolve(positionals[0]) };
for (const folder of Object.values(folders)) checkCheckout(folder);
if (realpathSync(folders.here) === realpathSync(folders.there)) leave("expected another checkout, got this one.");
/** @type {typeof tasks} */
const tasksThere = JSON.parse(readFileSync(join(folders.there, "bench/tasks/tasks.json"), "utf8"));

/** @type {string[]} */
const failed = [];
/** @type {string[]} */
const skipped = [];
/** @type {string[]} */
const worse = [];
/** @type {Record<string, Record<string, object>>} */
const results = {};

console.log(`this:  ${folders.here} (${commitOf(folders.here)})`);
console.log(`other: ${folders.there} (${commitOf(folders.there)})\n`);
for (const name of taskNames) {
  const reason = whyNot(name);
  if (reason !== undefined) {
    skipped.push(name);
    console.log(`${name}  skipped: ${reason}\n`);
    continue;
  }
  console.log(`${name}  ${tasks[name].title}`);
  for (const peer of tasks[name].peers.filter((peer) => peer.startsWith("inkling"))) {
    try {
      const pairs = await pairsOf(name, peer);
      for (const of of tasks[name].measures) describe(name, peer, of, pairs);
    } catch (error) {
      failed.push(`${name} ${peer}`);
      console.log(`    ${peers[peer].title}: ${error instanceof Error ? error.message : error}`);
    }
  }
  console.log();
}
console.log(listing("worse", worse, `measures more than ${100 * TOLERANCE} % worse`));
console.log(listing("skipped", skipped, "tasks skipped"));
console.log(listing("failed", failed, "measurements failed"));
if (values.out !== undefined) write(values.out);
process.exitCode = failed.length > 0 ? 1 : 0;

/**
 * All rounds of a task.
 *
 * @param {string} task
 * @param {string} peer Inkling, on how much data
 */
async function pairsOf(task, peer) {
  /** @type {Round[]} */
  const pairs = [];
  for (let round = 1; round <= rounds; round++) {
    process.stderr.write(`${task}, round ${round} of ${rounds}: ${peers[peer].title}\n`);
    const order = round % 2 === 1 ? /** @type {const} */ (["here", "there"]) : /** @type {const} */ (["there", "here"]);
    const pair = /** @type {Round} */ ({});
    for (const side of order) {
      const command = peers[peer].command(task, join(folders[side], "bench"));
      const options = ["--threads", `${threads}`, "--seed", `${round}`];
      try {
        pair[side] = await measure([...command, task, ...options], threads, patience);
      } catch (error) {
        throw new Error(`in ${folders[side]}: ${error instanceof Error ? error.message : error}`);
      }
    }
    pairs.push(pair);
  }
  return pairs;
}

/**
 * Prints a measure's medians and ratios, and keeps them for the file.
 *
 * @param {string} task
 * @param {string} peer
 * @param {import("./tasks/result.js").Measure} measure
 * @param {Round[]} pairs
 */
function describe(task, peer, measure, pairs) {
  const [here, there] = [pairs.map((pair) => pair.here), pairs.map((pair) => pair.there)];
  const [ours, theirs] = [figure(here, measure), figure(there, measure)];
  const ratios = pairs.map((pair) => pair.here[measure.field] / pair.there[measure.field]);
  const ratio = median(ratios);
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  const isWorse = !(ratio <= 1 + TOLERANCE);
  const title = `${peers[peer].title}: ${measure.name}`;
  if (isWorse) worse.push(`${task} ${title}`);
  const verdict = isWorse ? "WORSE" : ratio < 1 - TOLERANCE ? "better" : `within ${100 * TOLERANCE} %`;
  const notes = [verdict, learned(here, there), disturbed(pairs.map(moreDisturbed))].filter(Boolean).join(", ");
  console.log(`    ${title}: this ${digits(ours.median)}, other ${digits(theirs.median)} ${measure.unit}`);
  console.log(`        this / other ${ratio.toFixed(3)} (${least.toFixed(3)}–${most.toFixed(3)}), ${notes}`);
  results[task] ??= {};
  results[task][title] = { unit: measure.unit, here: ours, there: theirs, ratio, ratios, rounds: pairs };
}

/** @param {Round} round */
function moreDisturbed({ here, there }) {
  return here.others > there.others ? here : there;
}

/**
 * Whether both checkouts learned the same weights from the same seeds; if not, or if a task does not report them, both
 * accuracies.
 *
 * @param {import("./measure.js").Line[]} here
 * @param {import("./measure.js").Line[]} there
 */
function learned(here, there) {
  const isSame = here.every(({ weightsSha256 }, i) => weightsSha256 && weightsSha256 === there[i].weightsSha256);
  if (isSame) return "same weights";
  const [ours, theirs] = [here, there].map((lines) => 100 * median(lines.map(({ accuracy }) => accuracy)));
  return `accuracy ${ours.toFixed(2)} % and ${theirs.toFixed(2)} %`;
}

/**
 * Why a task cannot be compared; undefined if it can.
 *
 * @param {string} name
 */
function whyNot(name) {
  const [here, there] = [tasks[name], tasksThere[name]];
  if (there === undefined) return "the other checkout does not have this task";
  const fields = Object.keys({ ...here, ...there }).filter((field) => !BESIDE_THE_WORK.includes(field));
  const text = (/** @type {object} */ task, /** @type {string} */ field) => JSON.stringify(Object(task)[field]);
  const different = fields.filter((field) => text(here, field) !== text(there, field));
  return different.length > 0 ? `the other checkout has another ${different.join(", ")}` : undefined;
}

/**
 * Ends the process unless a folder is a checkout whose benchmark imports its own packages. (With node_modules linked
 * from somewhere else, another checkout's code would be measured.)
 *
 * @param {string} folder
 */
function checkCheckout(folder) {
  try {
    realpathSync(join(folder, "bench/tasks/tasks.json"));
  } catch {
    leave(`expected a checkout of Inkling with bench/tasks, got ${folder}.`);
  }
  try {
    const [imported, own] = ["node_modules/inkling", "packages/inkling"].map((path) =>
      realpathSync(join(folder, path)),
    );
    if (imported !== own)
      leave(`expected ${folder} to use its own packages, but it uses ${imported}. Run npm ci in it.`);
  } catch {
    leave(`expected ${folder} to be built. Run npm ci in it.`);
  }
}

/** @param {string} file */
function write(file) {
  const commits = { here: commitOf(folders.here), there: commitOf(folders.there) };
  const node = process.versions.node;
  const document = { machine: machine(), node, commits, rounds, threads, skipped, failed, worse, tasks: results };
  mkdirSync(dirname(resolve(file)), { recursive: true });
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}
