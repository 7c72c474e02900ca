/**
 * A search space: for each option that is tried, a range of numbers or a list of values. Any option of fields.ts can be
 * in it, but for those that decide which examples are compared.
 *
 *   {"learningRate": {"from": 1e-4, "to": 1e-1, "scale": "log"}, "layers": ["32", "128,64"], "batchSize": [32, 64]}
 */
import { ArgumentError, DataError } from "../../errors.ts";
import { checkOptions, didYouMean, isOptions } from "../../options.ts";
import { shown } from "../../shown.ts";
import { keysOf, parsedObject } from "../configuration-file.ts";
import { dashed } from "../field-kinds.ts";
import { type Configuration, fieldNames, fields } from "../fields.ts";

/** What a range of numbers is given as. */
export interface SearchRange {
  readonly from: number;
  /** Above `from`. Both ends are tried, too. */
  readonly to: number;
  /**
   * Whether numbers are drawn evenly ("linear") or each power of ten as often as the next ("log"). If absent, "log"
   * where `from` is above 0 and `to` at least ten times as large, else "linear".
   */
  readonly scale?: "linear" | "log";
}

/** A range, checked and completed. */
export interface Range extends Required<SearchRange> {
  /** Whether the option takes whole numbers alone. */
  readonly isWhole: boolean;
}

/** A list of values, checked. */
export interface Choice {
  readonly values: readonly unknown[];
}

export type SearchSpace = { readonly [Name in keyof Configuration]?: Range | Choice };

/** What is given for each option: a list of values, or a range. Values may be texts, as on the command line. */
export type GivenSpace = { readonly [Name in keyof Configuration]?: SearchRange | readonly unknown[] };

/** All trials have these in common: with other examples, scores could not be compared. */
const COMMON: { readonly [Name in keyof Configuration]?: string } = {
  seed: "the best of several seeds is luck. Repeat the best settings with other seeds at the end",
  validation: "all trials have the same validation examples. Give it once",
  examples: "all trials have the same examples. Give it once",
};

/**
 * Checks a space, in the name of `where`. Throws an ArgumentError for an option that there is not, that all trials have
 * in common or that cannot have such a value, for an empty or upside-down range, for a log scale that begins at 0, and
 * for a space without anything to try.
 *
 * @example
 * searchSpace({ learningRate: { from: 1e-4, to: 1e-1, scale: "log" }, layers: ["32", "128,64"] });
 */
export function searchSpace(given: GivenSpace, where = "searchSpace"): SearchSpace {
  if (!isOptions(given)) throw new ArgumentError(where, 'an object, as {"batchSize": [32, 64]}', shown(given));
  const space: Record<string, Range | Choice> = {};
  for (const [key, value] of Object.entries(given)) {
    const name = fieldNames.find((field) => field === key || dashed(field) === key);
    if (name === undefined) {
      const known = fieldNames.filter((field) => !Object.hasOwn(COMMON, field));
      throw new ArgumentError(where, `options among ${known.join(", ")}`, shown(key), didYouMean(key, known));
    }
    const place = `${where}, ${name}`;
    if (Object.hasOwn(space, name)) throw new ArgumentError(where, "every option once", `${name} twice`);
    const reason = COMMON[name];
    if (reason !== undefined) {
      throw new ArgumentError(where, "options that a trial can have for itself", name, `${capital(reason)}.`);
    }
    space[name] = Array.isArray(value) ? choiceOf(name, value, place) : rangeOf(name, value, place);
  }
  if (Object.values(space).every((entry) => "values" in entry && entry.values.length === 1)) {
    const got = Object.keys(space).length === 0 ? "none" : `one value of ${Object.keys(space).join(", ")}`;
    const advice = "Name several values or a range, as learningRate from 0.0001 to 0.1.";
    throw new ArgumentError(where, "an option with more than one value to try", got, advice);
  }
  return space;
}

/**
 * Reads a space from a JSON text, in the name of `where`. Throws a DataError for what is no JSON object, otherwise as
 * `searchSpace`.
 */
export function searchSpaceFromJson(text: string, where: string): SearchSpace {
  return searchSpace(givenSpaceFromJson(text, where), where);
}

/** The same, before it is checked: other entries can be added. */
export function givenSpaceFromJson(text: string, where: string): GivenSpace {
  if (typeof text !== "string") throw new ArgumentError(where, "a JSON text", shown(text));
  const json = parsedObject(text, where, '{"batchSize": [32, 64]}');
  const keys = keysOf(text);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) throw new DataError(where, "every option once", `${shown(twice)} twice`);
  return json as GivenSpace;
}

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const RANGE = new RegExp(String.raw`^(${NUMBER})\.\.(${NUMBER})(?::(linear|log))?$`, "i");

/**
 * What a word of the command line tries: "1e-4..1e-1" is a range, with ":log" or ":linear" behind it a range of that
 * scale, and anything else is a list of values with | between them, as "64|128|128,64".
 */
export function triedFromText(word: string): SearchRange | readonly string[] {
  const [, from, to, scale] = RANGE.exec(word) ?? [];
  if (from === undefined || to === undefined) return word.split("|").map((value) => value.trim());
  const ends = { from: Number(from), to: Number(to) };
  return scale === undefined ? ends : { ...ends, scale: scale.toLowerCase() as "linear" | "log" };
}

/** The values of a list, each as its field has it. */
function choiceOf(name: keyof Configuration, values: readonly unknown[], where: string): Choice {
  const { expected, holds, parse } = fields[name];
  if (values.length === 0) throw new ArgumentError(where, "at least one value", "an empty list");
  const seen = new Set<string>();
  const read = values.map((value) => {
    const isText = typeof value === "string" || typeof value === "number";
    const found = isText ? parse(String(value)) : value;
    if (!holds(found)) throw new ArgumentError(where, expected, Array.isArray(value) ? valueText(value) : shown(value));
    const text = JSON.stringify(found);
    if (seen.has(text)) throw new ArgumentError(where, "every value once", `${valueText(found)} twice`);
    seen.add(text);
    return found;
  });
  return { values: read };
}

function rangeOf(name: keyof Configuration, value: unknown, where: string): Range {
  if (!isOptions(value)) {
    const expected = 'a list of values, as [32, 64], or a range, as {"from": 32, "to": 64}';
    throw new ArgumentError(where, expected, shown(value));
  }
  checkOptions(where, value, ["from", "to", "scale"]);
  const { expected, holds } = fields[name];
  const ends = value as Partial<SearchRange>;
  for (const end of ["from", "to"] as const) {
    const number: unknown = ends[end];
    if (typeof number !== "number" || !Number.isFinite(number)) {
      throw new ArgumentError(`${where}, ${end}`, "a number", shown(number));
    }
    if (!holds(number)) {
      const advice = holds(0.5) || holds(1) ? "" : "Name its values in a list.";
      throw new ArgumentError(`${where}, ${end}`, expected, shown(number), advice);
    }
  }
  const { from, to } = ends as SearchRange;
  if (from >= to) {
    const got = from === to ? `an empty range (${from} to ${to})` : `${from} to ${to}`;
    throw new ArgumentError(where, "a range whose from is below its to", got, from > to ? "Exchange them." : "");
  }
  const { scale = from > 0 && to / from >= 10 ? "log" : "linear" } = ends;
  if (scale !== "log" && scale !== "linear") {
    throw new ArgumentError(`${where}, scale`, "linear or log", shown(scale), didYouMean(scale, ["linear", "log"]));
  }
  if (scale === "log" && from <= 0) {
    const advice = "A logarithm has no 0: begin above it, or take the scale linear.";
    throw new ArgumentError(where, "from above 0 for the scale log", String(from), advice);
  }
  const isWhole = Number.isInteger(from) && Number.isInteger(to) && !holds(from + 0.5);
  return { from, to, scale, isWhole };
}

/** An entry in a few words: 0.0001 to 0.1 (log), or 32 | 64. */
export function searchEntryText(entry: Range | Choice): string {
  if ("values" in entry) return entry.values.map(valueText).join(" | ");
  return `${entry.from} to ${entry.to}${entry.scale === "log" ? " (log)" : ""}`;
}

function valueText(value: unknown): string {
  return Array.isArray(value) ? value.join(",") || "none" : String(value);
}

function capital(sentence: string): string {
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}
