/**
 * Finds the line of each equation in the library's source and writes packages/inkling/src/backends/sources.ts, from
 * which `explain` and pages say where a number is computed. `npm run build` runs it before `tsc`. In
 * docs/how-it-learns.md it puts the lines into the links whose title is the name of an equation: [file:1](…/file#L1
 * "bp4").
 *
 *   operations   the reference's method of the operation: each equation is a comment above its statement
 *   equations    by name, from the list below: a file, and how the equation's comment (or the line itself) begins;
 *                of each activation the first comment of its entry in numbers/activations.ts
 *
 * An equation that is not found, or that stands twice, ends the build.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const src = new URL("../packages/inkling/src/", import.meta.url);
const target = "backends/sources.ts";
const lesson = new URL("../docs/how-it-learns.md", import.meta.url);

/** The formatter's columns. */
const WIDTH = 120;

/** Operations whose loops in backends/reference/ have other names. All others have a method of their own name. */
const METHODS = {
  batchMoments: ["channelMeans", "channelVariances"],
  matmul: ["product"],
  matmulTransposeB: ["productTransposed"],
  affine: ["product", "activate"],
  clip: ["scale"],
  convolve: ["convolve", "activate"],
  softmax: ["softmaxRow"],
  softmaxCrossEntropy: ["softmaxRow", "softmaxCrossEntropy"],
};

/** @type {Record<string, [file: string, beginning: string]>} */
const EQUATIONS = {
  pixels: ["backends/reference/products.ts", "xᵢⱼ = byte / 255"],
  weightedSum: ["backends/reference/products.ts", "zᵢⱼ = Σₗ xᵢₗ·Wₗⱼ"],
  biasAdded: ["backends/reference/products.ts", "zᵢⱼ = (x·W)ᵢⱼ + bⱼ"],
  forward: ["layers/dense.ts", "z = x·W + b,  a = σ(z)"],
  softmax: ["backends/reference/losses.ts", "pⱼ = exp((zⱼ − M) − ln Σ exp(zₖ − M))"],
  crossEntropy: ["losses/cross-entropy.ts", "Cᵢ = −ln p_y,  ∂Cᵢ/∂z = p − y"],
  crossEntropyLoss: ["backends/reference/losses.ts", "Cᵢ = ln Σ exp(zₖ − M) − (z_y − M)"],
  outputError: ["backends/reference/losses.ts", "∂Cᵢ/∂z = p − y"],
  quadratic: ["losses/squared.ts", "Cᵢ = ½·Σ (aⱼ − yⱼ)²"],
  meanSquared: ["losses/squared.ts", "Cᵢ = (1/n)·Σ (aⱼ − yⱼ)²"],
  weightedCrossEntropy: ["losses/cross-entropy.ts", "Cᵢ = −Σ_c w_c·q_c·ln p_c"],
  binaryCrossEntropy: ["losses/binary-cross-entropy.ts", "Cᵢ = (1/n)·Σⱼ (ln(1 + exp zⱼ) − zⱼ·yⱼ)"],
  sigmoidCrossEntropy: ["losses/sigmoid-cross-entropy.ts", "Cᵢ = Σⱼ (ln(1 + exp zⱼ) − zⱼ·yⱼ)"],
  huber: ["losses/robust.ts", "Cᵢ = (1/n)·Σⱼ h(aⱼ − yⱼ)"],
  meanAbsolute: ["losses/robust.ts", "Cᵢ = (1/n)·Σⱼ |aⱼ − yⱼ|"],
  delta: ["layers/dense.ts", "(BP1, BP2)  δ = ∂C/∂a ⊙ σ′(z)"],
  bp2: ["layers/dense.ts", "(BP2)  ∂C/∂x = δ·Wᵀ"],
  bp3: ["layers/dense.ts", "(BP3)  ∂C/∂b = δ"],
  bp4: ["layers/dense.ts", "(BP4)  ∂C/∂W = xᵀ·δ"],
  batchMean: ["backends/reference/products.ts", "∂C/∂Wₗⱼ = (1/m)·Σᵢ xᵢₗ·δᵢⱼ"],
  blockTree: ["backends/reference/batch-mean.ts", "S(lo, hi) = S(lo, lo + h) + S(lo + h, hi)"],
  normalized: ["layers/batch-norm.ts", "x̂ = (x − μ) / √(v + ε),  y = γ·x̂ + β"],
  batchMoments: ["layers/batch-norm.ts", "μ = Σ x / N,  v = Σ (x − μ)² / N, or the running ones"],
  runningMoments: ["layers/batch-norm.ts", "running ← (1 − share)·running + share·batch"],
  normalizedBack: ["layers/batch-norm.ts", "∂C/∂x = (γ / σ)·(δ − mean(δ) − x̂·mean(δ·x̂))"],
  convolved: ["layers/conv2d.ts", "z_p = Σₜ x_(p+t)·Wₜ + b,  a = σ(z)"],
  convolvedDelta: ["layers/conv2d.ts", "δ = ∂C/∂a ⊙ σ′(z)"],
  convolvedBias: ["layers/conv2d.ts", "∂C/∂b = Σₚ δ_p"],
  convolvedWeights: ["layers/conv2d.ts", "∂C/∂Wₜ = Σₚ x_(p+t)·δ_p"],
  convolvedInput: ["layers/conv2d.ts", "∂C/∂x_(p+t) = Σ δ_p·Wₜ"],
  windowPlaces: ["layers/window-options.ts", "n_out = ⌊(n + 2p − k) / s⌋ + 1"],
  largestOf: ["layers/pool2d.ts", "z = max x, over each window"],
  largestOfBack: ["layers/pool2d.ts", "∂C/∂x = Σ ∂C/∂z, of the windows"],
  meanOf: ["layers/pool2d.ts", "z = Σ x / n, over each window"],
  meanOfBack: ["layers/pool2d.ts", "∂C/∂x = Σ ∂C/∂z / n, of the windows"],
  activated: ["layers/activation.ts", "a = σ(z)"],
  activatedBack: ["layers/activation.ts", "∂C/∂z = ∂C/∂a ⊙ σ′(z)"],
  skipped: ["layers/residual.ts", "y = x + s·f(x)"],
  skippedBack: ["layers/residual.ts", "∂C/∂x = ∂C/∂y + (∂f/∂x)ᵀ"],
  dropped: ["layers/dropout.ts", "z = m ⊙ x / (1 − r)"],
  exponential: ["numbers/float32.ts", "eˣ = 2ⁿ·eʳ in two factors"],
  drawn: ["numbers/random.ts", "words(element: number, example = 0, epoch = 0, copy = 0)"],
  gradientDescent: ["backends/reference/updates.ts", "W ← W − η·g"],
  he: ["layers/initializers.ts", "weight: (stream, e, inputs) => stream.normal(e) * Math.sqrt(2 / inputs)"],
  glorot: ["layers/initializers.ts", "weight: (stream, e, inputs, outputs) => (2 * stream.uniform(e) - 1)"],
  scaledNormal: ["layers/initializers.ts", "weight: (stream, e, inputs) => stream.normal(e) / Math.sqrt(inputs)"],
  scaledByOutputs: [
    "layers/initializers.ts",
    "weight: (stream, e, _inputs, outputs) => stream.normal(e) / Math.sqrt(outputs)",
  ],
  uniform: ["layers/initializers.ts", "const half: Draw"],
  normal: ["layers/initializers.ts", "const standardNormal: Draw"],
  zeros: ["layers/initializers.ts", "const zero: Draw"],
  centralDifference: ["proofs/what-if.ts", "∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h"],
  backward: ["network/network.ts", "backward(dOutputs: Matrix"],
};

/**
 * A place in the source.
 *
 * @typedef {{ file: string, line: number, equation: string }} Source
 */

/** The text of the generated file, for the source as it is now. */
export async function sourcesText() {
  const names = await operationNames();
  const reference = (await readdir(new URL("backends/reference/", src))).toSorted();
  const loops = await Promise.all(reference.map((file) => readLines(`backends/reference/${file}`)));
  const operations = names.map((name) => {
    const methods = METHODS[/** @type {keyof typeof METHODS} */ (name)] ?? [name];
    const found = methods.flatMap((method) => loops.flatMap((page) => ofMethod(page, method)));
    if (found.length === 0) throw new Error(`The reference has no loop for the operation ${name}.`);
    return { name, found };
  });
  const equations = await namedEquations();
  return [
    "/**",
    " * Where each equation stands in the source. Generated by tools/equation-sources.js, which `npm run build` runs.",
    " * Not to be edited.",
    " */",
    'import type { OperationName } from "./operations.ts";',
    "",
    "export interface Source {",
    "  /** Below packages/inkling/src/. */",
    "  readonly file: string;",
    "  /** Of the statement, from 1. */",
    "  readonly line: number;",
    "  /** As the comment above the statement says it. */",
    "  readonly equation: string;",
    "}",
    "",
    "/** The equations in the reference's loops of each operation; for one without an equation its method. */",
    "export const operationSources: Readonly<Record<OperationName, readonly Source[]>> = {",
    ...operations.flatMap(({ name, found }) => listed(name, found)),
    "};",
    "",
    "/** The equations of a lesson, by name. */",
    "export const equations = {",
    ...equations.flatMap(({ name, found }) => made(`  ${name}: `, found)),
    "} as const satisfies Readonly<Record<string, Source>>;",
    "",
    "function at(file: string, line: number, equation: string): Source {",
    "  return { file, line, equation };",
    "}",
    "",
  ].join("\n");
}

/** The lesson's text, with the lines of the source as it is now. */
export async function lessonText() {
  const text = await readFile(lesson, "utf8");
  const places = new Map((await namedEquations()).map(({ name, found }) => [name, found]));
  return text.replace(/\[[^\]]*\]\([^)\s]*#L\d+ "(\w+)"\)/g, (_link, name) => {
    const place = places.get(name);
    if (place === undefined) throw new Error(`docs/how-it-learns.md: there is no equation ${name}.`);
    const { file, line } = place;
    return `[${file.split("/").slice(-2).join("/")}:${line}](../packages/inkling/src/${file}#L${line} "${name}")`;
  });
}

/** The equations that have a name: those of the list, and one of each activation. */
async function namedEquations() {
  const listed = Object.entries(EQUATIONS).map(async ([name, [file, beginning]]) => {
    return { name, found: ofBeginning(await readLines(file), beginning) };
  });
  return [...(await Promise.all(listed)), ...(await activationEquations())];
}

/** The first comment of each activation's entry in the table. */
async function activationEquations() {
  const { file, lines } = await readLines("numbers/activations.ts");
  const table = lines.findIndex((line) => line.startsWith("export const activations"));
  return lines.flatMap((line, i) => {
    const name = /^ {2}(\w+): \{$/.exec(line)?.[1];
    if (i < table || name === undefined) return [];
    const at = lines.findIndex((text, j) => j > i && text.trim().startsWith("// "));
    const found = { file, line: statementBelow(lines, at), equation: lines[at].trim().slice(3) };
    return [{ name, found }];
  });
}

/** @param {string} file */
async function readLines(file) {
  return { file, lines: (await readFile(new URL(file, src), "utf8")).split("\n") };
}

/** The names in the table of operations. */
async function operationNames() {
  const { lines } = await readLines("backends/operations.ts");
  const table = lines.slice(lines.indexOf("const computed = {"));
  return table.flatMap((line) => /^ {2}(\w+): \{/.exec(line)?.[1] ?? []);
}

/**
 * The equations inside a method or function, which ends with a brace as far in as it begins. A method without any
 * stands for itself.
 *
 * @param {{ file: string, lines: string[] }} page
 * @param {string} name
 * @returns {Source[]}
 */
function ofMethod({ file, lines }, name) {
  const first = lines.findIndex((line) => new RegExp(`^( {4}|export function )${name}\\(`).test(line));
  if (first === -1) return [];
  const end = lines[first].startsWith("export") ? "}" : "    },";
  const last = lines.indexOf(end, first);
  const found = [];
  for (let i = first; i < last; i++) {
    const equation = /^ *\/\/ (.*[=←].*)$/.exec(lines[i])?.[1];
    if (equation !== undefined) found.push({ file, line: statementBelow(lines, i), equation });
  }
  return found.length > 0 ? found : [{ file, line: first + 1, equation: lines[first].trim().replace(/ \{$/, "") }];
}

/**
 * The place of the one line whose comment, or whose own text, is this, or else begins like this.
 *
 * @param {{ file: string, lines: string[] }} page
 * @param {string} beginning
 * @returns {Source}
 */
function ofBeginning({ file, lines }, beginning) {
  const texts = lines.map((line) => line.trim().replace(/^\/\/ /, ""));
  const places = (/** @type {(text: string) => boolean} */ matches) =>
    texts.flatMap((text, i) => (matches(text) ? [i] : []));
  const whole = places((text) => text === beginning);
  const found = whole.length > 0 ? whole : places((text) => text.startsWith(beginning));
  if (found.length !== 1) throw new Error(`${file}: expected one line with "${beginning}", got ${found.length}.`);
  const [i] = found;
  const isComment = lines[i].trim().startsWith("//");
  return { file, line: isComment ? statementBelow(lines, i) : i + 1, equation: texts[i] };
}

/**
 * The number of the first line below line i that is no comment; lines are numbered from 1.
 *
 * @param {string[]} lines
 * @param {number} i
 */
function statementBelow(lines, i) {
  let below = i + 1;
  while (lines[below].trim().startsWith("//")) below++;
  return below + 1;
}

/**
 * Code that makes a source, as the formatter writes it: on one line where it fits.
 *
 * @param {string} before
 * @param {Source} source
 */
function made(before, { file, line, equation }) {
  const parts = [JSON.stringify(file), String(line), quoted(equation)];
  const whole = `${before}at(${parts.join(", ")}),`;
  if (whole.length <= WIDTH) return [whole];
  const indent = before.replace(/\S.*/, "");
  return [`${before}at(`, ...parts.map((part) => `${indent}  ${part},`), `${indent}),`];
}

/** @param {string} text */
function quoted(text) {
  return text.includes('"') ? `'${text}'` : JSON.stringify(text);
}

/**
 * The entry of an operation.
 *
 * @param {string} name
 * @param {Source[]} found
 */
function listed(name, found) {
  const calls = found.flatMap((source) => made("    ", source));
  const line = `  ${name}: [${calls
    .map((call) => call.trim())
    .join(" ")
    .slice(0, -1)}],`;
  return line.length <= WIDTH ? [line] : [`  ${name}: [`, ...calls, "  ],"];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL(target, src), await sourcesText());
  await writeFile(lesson, await lessonText());
}
