/** The runs of accuracy.js: what identifies one, the file of those that are there, and the table that is made of them. */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { completed, fieldNames, presets } from "inkling/presets";
import { leave } from "../command-line.js";
import { median } from "../tasks/result.js";

/**
 * What is asked of a run. Two runs of which all this is the same give the same weights.
 *
 * @typedef {object} Asked
 * @property {string} preset
 * @property {string} configuration digest of the preset's options, without those that are usual
 * @property {number} seed
 * @property {string} set "MNIST" or the name of the other images' directory
 * @property {string} dataSha256 of the four files
 * @property {string} backend
 * @property {number} threads
 */
/**
 * @typedef {Asked & { accuracy: number, warpedAccuracy: number, seconds: number, peakRssMiB: number, weights: number,
 *   weightsSha256: string, date: string, commit: string, cpu: string }} Run
 */

const FIELDS = ["preset", "configuration", "seed", "set", "dataSha256", "backend", "threads"];

/**
 * Whether a run answers what is asked.
 *
 * @param {Asked} asked
 * @param {Run} run
 */
export function answers(asked, run) {
  return FIELDS.every((field) => Reflect.get(asked, field) === Reflect.get(run, field));
}

/**
 * A digest of a preset's options. Usual values are left out, so that a new option does not make runs anew.
 *
 * @param {string} preset
 */
export function configurationOf(preset) {
  const [usual, chosen] = [completed({}), Reflect.get(presets, preset)];
  const own = fieldNames.filter((name) => name !== "seed" && String(chosen[name]) !== String(usual[name]));
  const text = JSON.stringify(Object.fromEntries(own.map((name) => [name, chosen[name]])));
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/**
 * The runs of a file; none if it is not there. Ends the process with a sentence for a line that is no run.
 *
 * @param {string} file
 * @returns {Run[]}
 */
export function readRuns(file) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line, i) => (line.trim() === "" ? [] : [parsed(line, `${file} line ${i + 1}`)]));
}

/**
 * @param {string} line
 * @param {string} where
 * @returns {Run}
 */
function parsed(line, where) {
  try {
    const run = JSON.parse(line);
    if ([...FIELDS, "accuracy", "warpedAccuracy", "seconds"].every((field) => Object.hasOwn(run, field))) return run;
  } catch {
    // It is no JSON.
  }
  return leave(`${where}: expected a run as accuracy.js writes it, got ${line.slice(0, 40)}. Delete the line.`);
}

/**
 * @param {string} file
 * @param {Run} run
 */
export function appendRun(file, run) {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(run)}\n`);
}

/**
 * A Markdown table: a row for each preset, backend and number of threads, and the same set of seeds in each cell. Runs
 * of a preset whose options have changed since are left out.
 *
 * @param {Run[]} runs
 */
export function table(runs) {
  const current = runs.filter(({ preset, configuration }) => {
    return Object.hasOwn(presets, preset) && configuration === configurationOf(preset);
  });
  const sets = [...new Set(current.map(({ set }) => set).filter((set) => set !== "MNIST"))];
  const kinds = new Map(current.map((run) => [kindOf(run), run]));
  const titles = ["preset", "weights", "MNIST, %", "warped, %", ...sets.map((set) => `${set}, %`)];
  const rows = [
    [...titles, "training, s", "memory, MiB"],
    ["---", ...Array.from({ length: titles.length + 1 }, () => "---:")],
    ...[...kinds].map(([kind, { weights }]) => {
      const of = (/** @type {string} */ set) => current.filter((run) => kindOf(run) === kind && run.set === set);
      const digits = of("MNIST");
      return [
        ...[kind, weights.toLocaleString("en")],
        ...[spread(digits, "accuracy"), spread(digits, "warpedAccuracy")],
        ...sets.map((set) => spread(of(set), "accuracy")),
        ...[middle(digits, "seconds", 3), middle(digits, "peakRssMiB", 3)],
      ];
    }),
  ];
  const left = runs.length - current.length;
  const note = left === 0 ? "" : `\n\n${left} runs of presets that have changed since are left out.`;
  return `${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}${note}`;
}

/** @param {Asked} run */
function kindOf({ preset, backend, threads }) {
  return `\`${preset}\` (${backend}, ${threads} ${threads === 1 ? "thread" : "threads"})`;
}

/**
 * Mean ± standard deviation (of a sample), in percent, and of how many seeds.
 *
 * @param {Run[]} runs
 * @param {"accuracy" | "warpedAccuracy"} field
 */
function spread(runs, field) {
  if (runs.length === 0) return "";
  const values = runs.map((run) => 100 * run[field]);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = values.length === 1 ? "" : ` ± ${Math.sqrt(squares / (values.length - 1)).toFixed(2)}`;
  return `${mean.toFixed(2)}${deviation} (${values.length})`;
}

/**
 * @param {Run[]} runs
 * @param {"seconds" | "peakRssMiB"} field
 * @param {number} digits
 */
function middle(runs, field, digits) {
  if (runs.length === 0) return "";
  const value = median(runs.map((run) => run[field]));
  return value >= 100 ? value.toFixed(0) : value.toPrecision(digits);
}
