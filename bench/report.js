/** The results of all rounds: medians, ratios to Inkling and goals, as text and as a Markdown table. */
import { OTHERS } from "./measure.js";
import { peers } from "./peers.js";
import { median, tasks } from "./tasks/result.js";

/** @typedef {import("./measure.js").Line} Line */
/**
 * One peer at one measure: median and range over the rounds, in the measure's unit.
 *
 * @typedef {{ median: number, least: number, most: number }} Figure
 */

/** @type {Record<string, number>} How many of a unit make one second, or one MiB: results are in seconds and MiB. */
const UNITS = { s: 1, ms: 1e3, µs: 1e6, MiB: 1 };

/**
 * One task as lines of text.
 *
 * @param {string} name
 * @param {Record<string, Line[]>} rounds for each peer one line a round
 */
export function describeTask(name, rounds) {
  const { title, measures, accuracy: band } = tasks[name];
  const lines = [`${name}  ${title}`];
  for (const measure of measures) {
    const ours = rounds.inkling && figure(rounds.inkling, measure);
    lines.push(`    ${`${measure.name}, ${measure.unit}`.padEnd(30)}   median         (range)   Inkling × accuracy`);
    for (const [peer, results] of Object.entries(rounds)) {
      const { median, least, most } = figure(results, measure);
      const ratio = ours ? (median / ours.median).toFixed(2) : "";
      const range = `${digits(least)}–${digits(most)}`;
      const notes = [learned(results, band), shareOf(results), disturbed(results)].filter(Boolean).join(", ");
      lines.push(
        `    ${peers[peer].title.padEnd(30)} ${digits(median).padStart(8)} ${range.padStart(15)} ${ratio.padStart(11)} ${notes}`,
      );
    }
    lines.push(...goalLines(measure, rounds).map((line) => `    ${line}`));
  }
  return lines.join("\n");
}

/**
 * The medians of all tasks as one Markdown table, with a row for each measure and a column for each peer.
 *
 * @param {Record<string, Record<string, Line[]>>} results
 */
export function markdown(results) {
  const columns = Object.keys(peers).filter((peer) => Object.values(results).some((rounds) => peer in rounds));
  const rows = [
    ["task", ...columns.map((peer) => peers[peer].title)],
    ["---", ...columns.map(() => "---:")],
  ];
  for (const [name, rounds] of Object.entries(results)) {
    for (const measure of tasks[name].measures) {
      const cells = columns.map((peer) => (rounds[peer] ? digits(figure(rounds[peer], measure).median) : ""));
      rows.push([`${name} ${measure.name}, ${measure.unit}`, ...cells]);
    }
  }
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/**
 * Every figure of a task for the JSON file.
 *
 * @param {string} name
 * @param {Record<string, Line[]>} rounds
 */
export function summary(name, rounds) {
  const { title, measures } = tasks[name];
  const byPeer = Object.entries(rounds).map(([peer, results]) => {
    const figures = measures.map((measure) => [measure.name, { unit: measure.unit, ...figure(results, measure) }]);
    return [peer, { ...Object.fromEntries(figures), rounds: results }];
  });
  const goals = measures.flatMap((measure) => goalLines(measure, rounds));
  return { title, goals, peers: Object.fromEntries(byPeer) };
}

/**
 * @param {Line[]} results
 * @param {import("./tasks/result.js").Measure} measure
 * @returns {Figure}
 */
export function figure(results, { field, unit }) {
  const values = results.map((line) => line[field] * UNITS[unit]);
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/**
 * For each goal a sentence that says whether it was met; none if its peer was not measured.
 *
 * @param {import("./tasks/result.js").Measure} measure
 * @param {Record<string, Line[]>} rounds
 */
function goalLines(measure, rounds) {
  const { goals, wasmGoals } = measure;
  return [
    ...goalLinesOf("goal", goals, measure, rounds.inkling, rounds),
    ...goalLinesOf("goal on WebAssembly", wasmGoals, measure, rounds["inkling-wasm"], rounds),
  ];
}

/**
 * @param {string} title
 * @param {Record<string, number>} [goals]
 * @param {import("./tasks/result.js").Measure} measure
 * @param {Line[] | undefined} own the rounds of Inkling that the goals are for
 * @param {Record<string, Line[]>} rounds
 */
function goalLinesOf(title, goals = {}, measure, own, rounds) {
  const medians = Object.entries(rounds)
    .filter(([peer]) => !peer.startsWith("inkling"))
    .map(([peer, results]) => ({ peer, value: figure(results, measure).median }));
  if (own === undefined || medians.length === 0) return [];
  const ours = figure(own, measure).median;
  const verdict = (/** @type {boolean} */ met) => (met ? "met" : "NOT MET");
  return Object.entries(goals).flatMap(([against, goal]) => {
    if (against === "most") {
      return [`${title}: at most ${goal} ${measure.unit}: ${digits(ours)}, ${verdict(ours <= goal)}`];
    }
    const fastest = medians.reduce((a, b) => (b.value < a.value ? b : a));
    const rival = against === "fastest" ? fastest : medians.find(({ peer }) => peer === against);
    if (rival === undefined) return [];
    const times = rival.value / ours;
    const whom = against === "fastest" ? `the best peer, ${peers[rival.peer].title}` : peers[rival.peer].title;
    return [`${title}: ${goal} × better than ${whom}: ${times.toFixed(2)} ×, ${verdict(times >= goal)}`];
  });
}

/**
 * The median test accuracy, marked where it is outside the task's band.
 *
 * @param {Line[]} results
 * @param {[number, number]} band
 */
function learned(results, [least, most]) {
  const accuracies = results.map(({ accuracy }) => accuracy);
  const middle = median(accuracies);
  const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length;
  const outside = (results[0].share ?? 1) === 1 && !(middle >= least && middle <= most);
  const note = outside ? ` (OUTSIDE ${100 * least} to ${100 * most} %)` : "";
  return `${(100 * middle).toFixed(2)} % (mean ${(100 * mean).toFixed(2)})${note}`;
}

/** @param {Line[]} results */
function shareOf([{ share = 1 }]) {
  return share < 1 ? `after ${100 * share} % of the work, seconds multiplied` : "";
}

/**
 * In how many rounds other processes took computing time, even in the least disturbed try; "" if in none.
 *
 * @param {Line[]} results
 */
export function disturbed(results) {
  const rounds = results.filter(({ others }) => others > OTHERS).length;
  return rounds > 0 ? `${rounds} of ${results.length} rounds disturbed` : "";
}

/**
 * Three significant digits.
 *
 * @param {number} value
 */
export function digits(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
