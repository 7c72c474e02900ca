/**
 * A model as one JavaScript module for a web page, Node, Deno or Bun: weights inside, no dependency, nothing that is
 * loaded or evaluated. It exports
 *
 *   predict(example)   { label, className, probabilities } of classes, { values } of numbers
 *   logits(example)    the outputs of the last layer, before the loss says what they mean; of one network
 *   classNames, targetNames, columnNames, architecture, digest
 *
 * and its types stand in a file beside it. The text is a page to be read: each layer that the model has is a function
 * of plain loops (module-code.ts), and the network is a list of their calls.
 */
import { checkText } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import { Ensemble } from "../evaluation/ensemble.ts";
import type { Numbers } from "../matrix.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import { checkOptions } from "../options.ts";
import { shapeText } from "../shapes.ts";
import { version } from "../version.ts";
import { toBase64 } from "./base64.ts";
import { anyFileOf } from "./ensemble-file.ts";
import { shortestDecimal } from "./json.ts";
import { functionsFor } from "./module-code.ts";
import { forwardCode } from "./module-layers.ts";
import { typesText } from "./module-types.ts";

export interface ModuleOptions {
  /** What its file is called, for the example in its head: digits.js; model.js if absent. */
  readonly name?: string;
}

/** A module and its types, as texts. */
export interface ModuleFiles {
  readonly code: string;
  readonly types: string;
}

/** More numbers than this are too many for a page: 64 MiB of weights. */
const MOST_NUMBERS = 2 ** 24;

/**
 * The module of a network or an ensemble. Throws an ArgumentError that names all layers of a caller's own, and for a
 * model with more than 16,777,216 numbers. A float64 model is rounded to float32.
 */
export async function encodeModule(model: Network | Ensemble, options: ModuleOptions = {}): Promise<ModuleFiles> {
  if (!(model instanceof Ensemble)) checkNetwork("encodeModule", model);
  checkOptions("encodeModule", options, ["name"]);
  const { name = "model.js" } = options;
  checkText("encodeModule", "name", name);
  const members: readonly Network[] = model instanceof Ensemble ? model.members : [model];
  const { metadata } = await anyFileOf(members[0]);
  const tensors = await Promise.all(
    members.map(async ({ backend, tensors: own }) => Promise.all(own.map(({ value }) => backend.read(value)))),
  );
  const counts = tensors.flat().map(({ length }) => length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > MOST_NUMBERS) throw new ArgumentError("module", `at most ${MOST_NUMBERS} numbers`, String(total));
  const functions = new Set<string>();
  const forwards = members.map((member, k) =>
    forwardCode(member, forwardName(k, members), members.length > 1 ? `member${k}_` : "", functions),
  );
  const refused = forwards.flatMap((forward) => forward.refused);
  if (refused.length > 0) {
    const expected = "layers that a module can compute";
    throw new ArgumentError("module", expected, [...new Set(refused)].join("; "), "Nothing was written.");
  }
  const parts = [
    head(model, members, name, total),
    constants(model, metadata["inkling.architecture"] ?? "{}", await model.weightsSha256()),
    predictCode(model, members, functions),
    inputsCode(members[0]),
    ...forwards.map(({ code }) => code),
    functionsFor(functions),
    numbersCode(
      forwards.flatMap(({ names }) => names),
      counts,
      tensors.flat(),
    ),
  ];
  return { code: `${parts.join("\n\n")}\n`, types: typesText(model) };
}

function head(model: Network | Ensemble, members: readonly Network[], name: string, total: number): string {
  const isPlain = /^[\w.-]+$/.test(name);
  const { inputShape, loss } = model;
  const what = model.loss.task === "classes" ? "{ label, probabilities }" : "{ values }";
  const given = members[0].scaling === undefined ? "bytes 0 to 255, or numbers 0 to 1" : "numbers in their own units";
  const { calibration } = model;
  const honest =
    calibration === undefined
      ? "Its probabilities are not calibrated."
      : `Its probabilities are calibrated: T = ${calibration.temperature}, of ${calibration.data.examples} examples.`;
  const how = members.length > 1 ? `${members.length} networks together, ` : "";
  return `/**
 * A neural network in one file, written by Inkling ${version}. It needs nothing else.
 *
 *   import { predict } from "./${isPlain ? name : "model.js"}";
 *   const ${what} = predict(example);
 *
 * example: ${shapeText(inputShape)} numbers in one list, row after row: ${given}.
 * ${how}${total} numbers, trained with ${loss.type}.${loss.task === "classes" ? `\n * ${honest}` : ""}
 *
 * All are float32. \`fround\` rounds to it after every step, so what comes out is the same to the last bit everywhere.
 */
const { fround } = Math;`;
}

/** What the function of network k is called. */
function forwardName(k: number, { length }: readonly Network[]): string {
  return length > 1 ? `forward${k}` : "forward";
}

function constants(model: Network | Ensemble, architecture: string, digest: string): string {
  const { classNames, targetNames, columnNames } = model;
  const lines = [
    "/** What the model is made of. */",
    `export const architecture = ${literal(JSON.parse(architecture))};`,
    "/** SHA-256 of its numbers. */",
    `export const digest = ${literal(digest)};`,
    "/** What the classes are called; undefined if only their numbers are known. */",
    `export const classNames = ${literal(classNames)};`,
    "/** What the numbers are called that it predicts. */",
    `export const targetNames = ${literal(targetNames)};`,
    "/** What the columns of a table are called. */",
    `export const columnNames = ${literal(columnNames)};`,
  ];
  return lines.join("\n");
}

/** A value as JavaScript that may stand in a page: no tag, no line's end, nothing invisible. */
function literal(value: unknown): string {
  if (value === undefined) return "undefined";
  return JSON.stringify(value)
    .replace(/[<>\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
      Array.from(
        { length: character.length },
        (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
      ).join(""),
    )
    .replace(/"__proto__":/g, '["__proto__"]:');
}

/** What the outputs of a network mean, as an expression of these outputs z. */
function meaningCode({ loss, targetScaling, calibration }: Network, z: string, functions: Set<string>): string {
  const tempered =
    calibration === undefined ? z : `${z}.map((value) => value * fround(1 / ${calibration.temperature}))`;
  if (loss.type === "crossEntropy") {
    functions.add("softmax");
    return `softmax(${tempered})`;
  }
  if (loss.type === "sigmoidCrossEntropy" || loss.type === "binaryCrossEntropy") {
    functions.add("sigmoid");
    return `${tempered}.map(sigmoid)`;
  }
  if (loss.task === "classes" || targetScaling === undefined) return z;
  const { means, deviations } = targetScaling;
  return `${z}.map((value, j) => value * ${list(deviations)}[j] + ${list(means)}[j])`;
}

function list(numbers: Float64Array): string {
  return `[${Array.from(numbers).join(", ")}]`;
}

function predictCode(model: Network | Ensemble, members: readonly Network[], functions: Set<string>): string {
  const isOfClasses = model.loss.task === "classes";
  if (isOfClasses) functions.add("largest");
  const said = isOfClasses
    ? "the most probable class and the probability of each"
    : "the numbers that belong to it, in their own units";
  const lead = `/** What the model makes of an example: ${said}. */\nexport function predict(example) {\n`;
  if (members.length === 1) {
    const meaning = meaningCode(members[0], "z", functions);
    const result = isOfClasses
      ? `  const label = largest(z);
  return { label, className: classNames?.[label], probabilities: Array.from(${meaning}) };`
      : `  return { values: Array.from(${meaning}) };`;
    return `${lead}  const z = logits(example);\n${result}\n}

/** The outputs of the last layer. */
export function logits(example) {
  return ${forwardName(0, members)}(inputsOf(example));
}`;
  }
  return lead + ensembleCode(model as Ensemble, members, functions);
}

function ensembleCode(model: Ensemble, members: readonly Network[], functions: Set<string>): string {
  const { loss, combine, calibration } = model;
  const lines = [
    "  const x = inputsOf(example);",
    `  const outputs = [${members.map((_, k) => `${forwardName(k, members)}(x)`).join(", ")}];`,
    `  const answers = [\n${members.map((one, k) => `    ${meaningCode(one, `outputs[${k}]`, functions)},\n`).join("")}  ];`,
    "  // the mean of all networks, added in their order",
    "  const mean = answers[0].map((_, j) => answers.reduce((sum, answer) => sum + answer[j], 0) / answers.length);",
  ];
  let meaning = "mean";
  if (calibration !== undefined) {
    const name = loss.type === "crossEntropy" ? "temperedSoftmax" : "temperedSigmoid";
    functions.add(name);
    meaning = `${name}(mean, ${calibration.temperature})`;
  }
  if (loss.task === "numbers") return [...lines, `  return { values: Array.from(${meaning}) };\n}`].join("\n");
  if (combine === "mean") lines.push("  const label = largest(mean);");
  else {
    lines.push(
      "  // each network names a class; of those that are named equally often the more probable one",
      "  const votes = mean.map(() => 0);",
      "  for (const z of outputs) votes[largest(z)] += 1;",
      "  const before = (a, b) => votes[b] - votes[a] || mean[b] - mean[a] || a - b;",
      "  const label = Array.from(votes.keys()).sort(before)[0];",
    );
  }
  lines.push(`  return { label, className: classNames?.[label], probabilities: Array.from(${meaning}) };\n}`);
  return lines.join("\n");
}

function inputsCode({ inputs, inputShape, scaling }: Network): string {
  const change =
    scaling === undefined
      ? `  // a byte p stands for p / 255
  const isBytes = example instanceof Uint8Array || example instanceof Uint8ClampedArray;
  const x = Float32Array.from(example, (value) => (isBytes ? value / 255 : value));`
      : `  // (x − mean) / deviation, column by column
  const means = ${list(scaling.means)};
  const deviations = ${list(scaling.deviations)};
  const x = Float32Array.from(example, (value, j) => (fround(value) - means[j]) / deviations[j]);`;
  return `/** An example as the first layer takes it. */
function inputsOf(example) {
  if (example?.length !== ${inputs}) {
    throw new RangeError(\`predict: expected ${inputs} numbers (${shapeText(inputShape)}), got \${example?.length ?? "nothing"}.\`);
  }
${change}
  if (!x.every(Number.isFinite)) throw new RangeError("predict: expected finite numbers, got another value.");
  return x;
}`;
}

/** The tensors, split from one list: as base64 of little-endian float32, or as decimals where these are shorter. */
function numbersCode(names: readonly string[], counts: readonly number[], tensors: readonly Numbers[]): string {
  const all = new Float32Array(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const numbers of tensors) {
    all.set(numbers, at);
    at += numbers.length;
  }
  const lead = `/** The numbers of the tensors, one after the other. */
function split(numbers, ...lengths) {
  let end = 0;
  return lengths.map((length) => numbers.subarray(end, (end += length)));
}

`;
  const tables = `const [${names.join(", ")}] = split(numbers, ${counts.join(", ")});`;
  const encoded = toBase64(new Uint8Array(all.buffer));
  // Decimals have at least two characters a number.
  const decimals = all.length < 100_000 ? Array.from(all, shortestDecimal).join(",") : undefined;
  if (decimals !== undefined && decimals.length < encoded.length) {
    return `${lead}const numbers = Float32Array.of(${decimals});\n${tables}`;
  }
  return `${lead}/** Little-endian float32 numbers from base64. */
function decode(text) {
  const bytes = Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 4 }, (_, e) => view.getFloat32(4 * e, true));
}

const numbers = decode(atob("${encoded}"));
${tables}`;
}
