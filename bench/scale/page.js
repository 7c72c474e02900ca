/** docs/scale.md and its plot, from what scale.js measured. */
import { efficiencyOf } from "./model.js";

/** @import { Accuracy, Results, Row } from "../scale.js" */

/** The batch of the plot, and of the goals. */
const BATCH = 4096;

/**
 * The page with its tables anew: what stands between `<!-- name -->` and `<!-- end -->`.
 *
 * @param {string} text
 * @param {Results} results
 */
export function pageWith(text, results) {
  const { rows = [], rates } = results;
  const blocks = { machine: setting(results), measured: measured(rows), predicted: predicted(rows), pays: pays(rows) };
  const all = { ...blocks, rates: rates === undefined ? "" : reached(rates.accuracies) };
  return Object.entries(all).reduce((page, [name, block]) => {
    const place = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end -->)`);
    return page.replace(place, (_, start, end) => `${start}\n${block}\n\n${end}`);
  }, text);
}

/** @param {Results} results */
function setting({ machine, library, links, rates }) {
  if (machine === undefined || links === undefined) return "";
  const of = Object.entries(links).map(([name, { latency, bandwidth }]) => {
    return `${name} ${digits(latency * 1e6)} µs and ${digits(bandwidth / 1e9)} GB/s`;
  });
  const seeds = rates === undefined ? "" : ` Accuracies are means over ${rates.seeds} seeds.`;
  return (
    `Measured on ${machine.cores} cores of an ${machine.cpu}, ${library}. Between two processes a gather of 64 bytes ` +
    `takes, and an exchange of 4 MiB carries: ${of.join("; ")}.${seeds}`
  );
}

/** @param {Row[]} rows */
function measured(rows) {
  return table(
    [
      ...["network", "batch", "1 process × 2 threads", "2 processes × 1 thread", "efficiency", "in calls", "carrying"],
      ...["the model says", "over TCP", "the model says"],
    ],
    rows.map((row) => [
      ...[row.task, inWhole(row.batch), oneOf(row), milliseconds(row.two), percent(row.one / row.two)],
      ...[percent(row.inCalls / row.two), percent(row.carrying / row.two), milliseconds(row.model.two)],
      ...[milliseconds(row.twoOverTcp), milliseconds(row.model.twoOverTcp)],
    ]),
  );
}

/** @param {Row} row */
function oneOf({ one, isExtended }) {
  return isExtended ? `(${milliseconds(one)})` : milliseconds(one);
}

/** @param {Row[]} rows */
function predicted(rows) {
  const sizes = Object.values(rows[0]?.predicted ?? {})[0]?.map(({ size }) => size) ?? [];
  return table(
    ["network", "batch", "between machines", ...sizes.map((size) => `${size} machines`)],
    rows.flatMap((row) =>
      Object.entries(row.predicted).map(([network, points]) => [
        ...[row.task, inWhole(row.batch), network],
        ...points.map(({ size, seconds }) => percent(efficiencyOf(row.one, seconds, size))),
      ]),
    ),
  );
}

/**
 * Up to how many machines of those asked for it pays, on each network.
 *
 * @param {Row[]} rows
 */
function pays(rows) {
  return table(
    ["network", "batch", "between machines", "80 % of each is used up to", "50 % up to", "the shortest step with"],
    rows.flatMap((row) =>
      Object.entries(row.predicted).map(([network, points]) => {
        /** @param {number} share */
        const upTo = (share) => {
          // Up to the first number of machines that falls below the share.
          const missed = points.findIndex(({ size, seconds }) => efficiencyOf(row.one, seconds, size) < share);
          return inMachines(points[(missed === -1 ? points.length : missed) - 1]?.size ?? 1);
        };
        const shortest = points.reduce((best, point) => (point.seconds < best.seconds ? point : best), {
          ...{ size: 1, seconds: row.one },
        });
        const least = `${inMachines(shortest.size)}, ${digits(row.one / shortest.seconds)} ×`;
        return [row.task, inWhole(row.batch), network, upTo(0.8), upTo(0.5), least];
      }),
    ),
  );
}

/** @param {number} size */
function inMachines(size) {
  return size === 1 ? "one machine" : `${size} machines`;
}

/** @param {Accuracy[]} accuracies */
function reached(accuracies) {
  return table(
    ["batch", "learning rate", "", "accuracy"],
    accuracies.map(({ size, ratio, rate, warmUp, mean, deviation }) => [
      ...[inWhole(size), digits(rate), ruleOf(size, ratio, warmUp)],
      `${(100 * mean).toFixed(2)} ± ${(100 * deviation).toFixed(2)} %`,
    ]),
  );
}

/**
 * How a rate follows from that of 128.
 *
 * @param {number} size
 * @param {number} ratio
 * @param {boolean} isWarmedUp
 */
function ruleOf(size, ratio, isWarmedUp) {
  if (size === 128) return "";
  if (ratio === 1) return "that of 128";
  const grows = ratio === size / 128 ? "as the batch" : "as the batch's root";
  return isWarmedUp ? `${grows}, with a warm-up` : grows;
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(head, rows) {
  return [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** @param {number} seconds */
function milliseconds(seconds) {
  return `${digits(seconds * 1000)} ms`;
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/** @param {number} value */
function inWhole(value) {
  return value.toLocaleString("en-US");
}

/** Three digits. @param {number} value */
function digits(value) {
  return Number(value.toPrecision(3)).toString();
}

const [WIDTH, HEIGHT] = [640, 330];
const AREA = { left: 56, top: 28, width: 424, height: 246 };
const COLOURS = { T4: "#b35806", T10: "#2166ac" };

/**
 * The efficiency over the number of machines, predicted for batches of 4,096; an open circle is what two processes
 * reached here.
 *
 * @param {Results} results
 */
export function plotOf({ rows = [] }) {
  const x = (/** @type {number} */ size) => AREA.left + (Math.log2(size) / 6) * AREA.width;
  const y = (/** @type {number} */ share) => AREA.top + (1 - share / 1.2) * AREA.height;
  const end = AREA.left + AREA.width;
  const shares = [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2].map((share) => {
    return [
      `<path d="M${AREA.left} ${y(share)}H${end}" stroke="${share === 1 ? "#888" : "#ddd"}"/>`,
      text(AREA.left - 8, y(share) + 4, `${Math.round(100 * share)} %`, "end"),
    ].join("");
  });
  const sizes = [1, 2, 4, 8, 16, 32, 64].map((size) => text(x(size), AREA.top + AREA.height + 20, `${size}`, "middle"));
  const lines = rows.filter(({ batch }) => batch === BATCH).flatMap((row) => linesOf(row, x, y));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    `<title>Efficiency over the number of machines, batches of 4,096</title>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...shares,
    ...sizes,
    text(AREA.left + AREA.width / 2, HEIGHT - 10, "machines of two threads", "middle"),
    text(AREA.left, 16, "efficiency, batches of 4,096", "start"),
    ...lines,
    "</svg>\n",
  ].join("\n");
}

/**
 * @param {Row} row
 * @param {(size: number) => number} x
 * @param {(share: number) => number} y
 */
function linesOf(row, x, y) {
  const colour = COLOURS[/** @type {keyof typeof COLOURS} */ (row.task)] ?? "#444";
  const curves = Object.entries(row.predicted).map(([network, points], i) => {
    const shares = [1, ...points.map(({ size, seconds }) => efficiencyOf(row.one, seconds, size))];
    const path = shares.map((share, at) => `${x(2 ** at).toFixed(1)} ${y(share).toFixed(1)}`).join("L");
    const dash = i === 0 ? "" : ' stroke-dasharray="6 4"';
    const last = y(shares.at(-1) ?? 0) + 4 + (i === 0 ? 7 : -7);
    return [
      `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`,
      text(x(64) + 8, last, `${row.task}, ${network}`, "start", colour),
    ].join("");
  });
  const reached = efficiencyOf(2 * row.one, row.two, 2);
  const circle = `<circle cx="${x(2)}" cy="${y(reached).toFixed(1)}" r="5" fill="none" stroke="${colour}" stroke-width="2"/>`;
  return [...curves, circle];
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} words
 * @param {"start" | "middle" | "end"} anchor
 * @param {string} colour
 */
function text(x, y, words, anchor, colour = "#333") {
  return `<text x="${x}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${colour}">${words}</text>`;
}
