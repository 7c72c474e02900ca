/**
 * A coverage-guided fuzzer for the parsers that this project wrote. It changes inputs at random, and keeps those that
 * reach a statement or a branch that none has reached before, or one more often (the counts are told apart as AFL
 * does). What a target throws that is no error of Inkling's, or takes longer than a second over, is a find.
 *
 *   npm run build && node tools/fuzz/fuzz.js safetensors --seconds 600
 *
 * The corpus and the finds of a target stay in tools/fuzz/corpus/TARGET.json; a test parses all of them in every run.
 * Statements are counted by istanbul, in a bundle of the built packages; a native fuzzer would need its own binary.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { createInstrumenter } from "istanbul-lib-instrument";
import { rolldown } from "rolldown";
import { mutated } from "./mutate.js";

/** Inputs are not longer than this: parsers see no more in longer ones. */
const MOST_BYTES = 4096;
/** An input that takes longer, in milliseconds of this process's own time, is a find. */
const MOST_TIME = 1000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } },
});
const [name = ""] = positionals;

const folder = await mkdtemp(join(tmpdir(), "inkling-fuzz-"));
try {
  await fuzz(await instrumented(folder));
} finally {
  await rm(folder, { recursive: true });
}

/**
 * The targets, in a bundle that counts the statements of the one that is meant.
 *
 * @param {string} folder
 */
async function instrumented(folder) {
  const entry = new URL("targets.js", import.meta.url).pathname;
  const { targets } = await import("./targets.js");
  if (!Object.hasOwn(targets, name)) {
    console.error(`fuzz: expected a target (${Object.keys(targets).join(", ")}), got ${JSON.stringify(name)}.`);
    process.exit(2);
  }
  const files = targets[name].instrumented;
  const instrumenter = createInstrumenter({ esModules: true, coverageVariable: "fuzzed", compact: false });
  const bundle = await rolldown({
    input: entry,
    platform: "node",
    plugins: [
      {
        name: "count",
        transform: (code, id) =>
          files.some((file) => id.endsWith(`/${file}`)) ? { code: instrumenter.instrumentSync(code, id) } : undefined,
      },
    ],
  });
  const file = join(folder, "targets.mjs");
  await bundle.write({ file, format: "esm", codeSplitting: false });
  return (await import(pathToFileURL(file).href)).targets[name];
}

/** The counters of all instrumented files, as lists that can be read and cleared. */
function countersOf() {
  /** @type {Record<string, { s: Record<string, number>, b: Record<string, number[]>, f: Record<string, number> }>} */
  const files = /** @type {any} */ (globalThis).fuzzed ?? {};
  /** @type {{ list: any, key: string | number }[]} */
  const counters = [];
  for (const { s, b, f } of Object.values(files)) {
    for (const list of [s, f, ...Object.values(b)]) for (const key of Object.keys(list)) counters.push({ list, key });
  }
  return counters;
}

/** How often, told apart as 1, 2, 3, 4–7, 8–15, 16–31, 32–127, 128 and more. @type {(count: number) => number} */
function bucket(count) {
  if (count < 4) return count;
  return count < 8 ? 4 : count < 16 ? 5 : count < 32 ? 6 : count < 128 ? 7 : 8;
}

/** @param {import("./targets.js").Target} target */
async function fuzz(target) {
  const path = new URL(`corpus/${name}.json`, import.meta.url);
  const kept = JSON.parse(await readFile(path, "utf8").catch(() => '{ "inputs": [], "finds": [] }'));
  const stream = xorshift(Number(values.seed));
  const words = target.words.map((word) => new TextEncoder().encode(word));
  /** @type {Uint8Array[]} */
  const corpus = [];
  /** @type {Map<string, Uint8Array>} */
  const finds = new Map();
  const counters = countersOf();
  /** Of each counter, which buckets have been reached, as bits. */
  const reached = new Uint16Array(counters.length);
  let runs = 0;

  /** Runs one input; whether it reached something new. @type {(input: Uint8Array) => Promise<boolean>} */
  const run = async (input) => {
    for (const { list, key } of counters) list[key] = 0;
    runs++;
    const started = process.cpuUsage();
    try {
      await target.parse(input.slice());
    } catch (error) {
      const { code, message, stack } = /** @type {any} */ (error ?? {});
      if (!(typeof code === "string" && code.startsWith("INKLING_") && code !== "INKLING_BUG")) {
        const where = String(stack).split("\n").slice(0, 2).join(" ");
        if (!finds.has(where)) console.log(`A find: ${message} (${where})`);
        finds.set(where, input);
      }
    }
    const took = process.cpuUsage(started).user / 1000;
    if (took > MOST_TIME) {
      console.log(`A find: ${took.toFixed(0)} ms for ${input.length} bytes.`);
      finds.set(`${took > 10 * MOST_TIME ? "very " : ""}slow`, input);
    }
    let isNew = false;
    for (const [i, { list, key }] of counters.entries()) {
      const bit = list[key] === 0 ? 0 : 1 << bucket(list[key]);
      if ((reached[i] & bit) !== bit) {
        reached[i] |= bit;
        isNew = true;
      }
    }
    return isNew;
  };

  const seeds = [...(await target.seeds()), ...kept.inputs.map(fromBase64), ...kept.finds.map(fromBase64)];
  for (const seed of seeds) if (await run(seed)) corpus.push(seed);
  if (corpus.length === 0) corpus.push(...seeds);
  const end = performance.now() + 1000 * Number(values.seconds);
  let lastNew = 0;
  while (performance.now() < end) {
    // Half of the time one of the newest.
    const newest = Math.min(corpus.length, 20);
    const at = stream.below(2) === 0 ? stream.below(corpus.length) : corpus.length - 1 - stream.below(newest);
    const input = mutated(corpus[at], stream, corpus, words, MOST_BYTES);
    if (await run(input)) {
      corpus.push(input.slice());
      lastNew = runs;
    }
    if (runs % 4096 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const covered = reached.reduce((sum, bits) => sum + (bits === 0 ? 0 : 1), 0);
  console.log(
    `${name}: ${runs.toLocaleString("en")} inputs in ${values.seconds} s, ${covered} of ${counters.length} counters ` +
      `reached, ${corpus.length} inputs kept (the last new one was input ${lastNew.toLocaleString("en")}), ` +
      `${finds.size} finds.`,
  );
  const inputs = await smallest(corpus, run, reached);
  const text = {
    inputs: inputs.map(toBase64),
    finds: [...new Set([...kept.finds, ...[...finds.values()].map(toBase64)])],
  };
  await writeFile(path, `${JSON.stringify(text, undefined, 1)}\n`);
  if (finds.size > 0) process.exitCode = 3;
}

/** Of a corpus the inputs that are enough to reach all that it reaches, short ones first. */
async function smallest(
  /** @type {Uint8Array[]} */ corpus,
  /** @type {(input: Uint8Array) => Promise<boolean>} */ run,
  /** @type {Uint16Array} */ reached,
) {
  reached.fill(0);
  const enough = [];
  for (const input of corpus.toSorted((a, b) => a.length - b.length)) if (await run(input)) enough.push(input);
  return enough;
}

/** Random numbers that a seed decides (Marsaglia 2003, "Xorshift RNGs"). @type {(seed: number) => import("./mutate.js").Draws} */
function xorshift(seed) {
  let state = (seed * 2654435769) >>> 0 || 1;
  return {
    below(limit) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % limit;
    },
  };
}

/** @type {(bytes: Uint8Array) => string} */
function toBase64(bytes) {
  return Buffer.from(bytes).toString("base64");
}

/** @type {(text: string) => Uint8Array} */
function fromBase64(text) {
  return new Uint8Array(Buffer.from(text, "base64"));
}
