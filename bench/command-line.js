/** What run.js and compare.js share: options checked, and the machine and the code described. */
import { spawnSync } from "node:child_process";
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { parseArgs } from "node:util";

const loadBefore = loadavg()[0];

/**
 * The options and arguments of the command line, each option with a value; ends the process with a sentence if they are
 * others, or with the help if that is asked for.
 *
 * @template {string} Name
 * @param {string} help
 * @param {Record<Name, string | undefined>} defaults of each option
 */
export function commandLine(help, defaults) {
  /** @type {Record<string, string | undefined>} */
  const values = { ...defaults };
  const options = Object.fromEntries(
    Object.keys(defaults).map((name) => [name, { type: /** @type {const} */ ("string") }]),
  );
  const { tokens, positionals } = parseArgs({ options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    if (rawName === "--help" || rawName === "-h") {
      console.log(help);
      process.exit(0);
    }
    const names = Object.keys(defaults).map((known) => `--${known}`);
    if (!names.includes(rawName)) leave(`expected options of ${names.join(", ")}; got ${rawName}. See --help.`);
    if (value === undefined || (!token.inlineValue && value.startsWith("-"))) {
      leave(`expected a value after ${rawName}, got ${value ?? "none"}. See --help.`);
    }
    values[name] = value;
  }
  return { values: /** @type {typeof defaults} */ (values), positionals };
}

/**
 * The names of a list; ends the process with a sentence if one is unknown.
 *
 * @param {string} kind
 * @param {string} list
 * @param {Record<string, unknown>} known
 */
export function choose(kind, list, known) {
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) leave(`expected ${kind}s of ${Object.keys(known).join(", ")}; got ${unknown}.`);
  return names;
}

/**
 * The whole number of an option; ends the process with a sentence if it is none, or less than `least`.
 *
 * @param {string} name
 * @param {string} value
 */
export function count(name, value, least = 1) {
  const number = Number(value);
  if (value.trim() === "" || !Number.isInteger(number) || number < least) {
    leave(`expected --${name} to be a whole number from ${least}, got ${value}.`);
  }
  return number;
}

/**
 * Ends the process.
 *
 * @param {string} sentence
 * @returns {never}
 */
export function leave(sentence) {
  console.error(`bench: ${sentence}`);
  process.exit(2);
}

/**
 * How many names there are, and which.
 *
 * @param {string} word for none
 * @param {string[]} names
 * @param {string} sentence for some
 */
export function listing(word, names, sentence) {
  return names.length === 0 ? `0 ${word}` : `${names.length} ${sentence}: ${names.join(", ")}`;
}

/** The machine, for a file of results. */
export function machine() {
  const [{ model: cpu }] = cpus();
  return {
    cpu,
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    loadBefore,
  };
}

/**
 * The commit of a checkout; "-dirty" is added if tracked files were changed since.
 *
 * @param {string} folder
 */
export function commitOf(folder) {
  const { stdout } = spawnSync("git", ["describe", "--always", "--dirty"], { cwd: folder, encoding: "utf8" });
  return stdout?.trim();
}
