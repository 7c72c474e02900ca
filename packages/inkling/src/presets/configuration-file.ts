/**
 * A configuration as a JSON text: the fields' names as keys, learningRate or learning-rate, with a preset to begin
 * with.
 *
 *   {"preset": "mlp", "layers": [128, 64], "epochs": 10}
 */

import { ArgumentError, DataError } from "../errors.ts";
import { didYouMean } from "../options.ts";
import { escaped, shown } from "../shown.ts";
import { dashed } from "./field-kinds.ts";
import { type Configuration, fieldNames, fields } from "./fields.ts";

const KNOWN = ["preset", ...fieldNames] as const;

/** What such a text names: a preset, and fields whose values are still to be checked. */
export type NamedFields = Partial<Configuration> & { readonly preset?: unknown };

/**
 * Reads such a text. Throws a DataError, in the name of `where`, for what is no JSON object, an ArgumentError for a key
 * that is unknown or comes twice, and for a value of a kind that no field has. What a field may be is checked later.
 */
export function configurationFromJson(text: string, where: string): NamedFields {
  if (typeof text !== "string") throw new ArgumentError("configurationFromJson", "a JSON text", shown(text));
  const named: Record<string, unknown> = {};
  const json = parsedObject(text, where, '{"epochs": 10}');
  for (const key of keysOf(text)) {
    const field = KNOWN.find((name) => name === key || dashed(name) === key);
    if (field === undefined) {
      throw new ArgumentError(where, `keys among ${KNOWN.join(", ")}`, shown(key), didYouMean(key, KNOWN));
    }
    if (Object.hasOwn(named, field)) throw new ArgumentError(where, "every option once", `${field} twice`);
    const value = json[key];
    if (!isPlain(value) && !(field === "classWeights" && fields.classWeights.holds(value))) {
      throw new ArgumentError(
        `${where}, ${key}`,
        "a number, a word, true, false or a list of numbers and words",
        kind(value),
      );
    }
    named[field] = typeof value === "string" && field !== "preset" ? fields[field].parse(value) : value;
  }
  return named;
}

/** The object that a JSON text holds. Throws a DataError, in the name of `where`, for anything else. */
export function parsedObject(text: string, where: string, example: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new DataError(where, "JSON", escaped(error instanceof Error ? error.message : String(error)));
  }
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  throw new DataError(where, `an object, as ${example}`, text.trim().slice(0, 40));
}

/** The keys of the object that a JSON text holds, also those that come twice, of which JSON.parse keeps the last. */
export function keysOf(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const [token, word] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (word !== undefined && depth === 1) keys.push(JSON.parse(word));
  }
  return keys;
}

/** Whether a value is of a kind that some field has. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((layer) => typeof layer === "number" || typeof layer === "string");
  return typeof value !== "object";
}

function kind(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "another list" : "an object";
}
