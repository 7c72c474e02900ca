/** Which backend computes, and why, in one sentence. */
import { ArgumentError } from "../errors.ts";
import type { Precision } from "../matrix.ts";
import type { Backend } from "./backend.ts";
import { Reference } from "./reference.ts";

export type BackendName = Backend["name"];

export interface BackendOptions {
  /** Which one; if absent, the fastest that runs here. */
  readonly backend?: BackendName;
  /** "float32" if absent; "float64" is for proofs. */
  readonly precision?: Precision;
}

/** A backend, and the sentence that says why this one. */
export interface Choice {
  readonly backend: Backend;
  readonly reason: string;
}

/** Chooses a backend. Throws an ArgumentError for a name that there is not. */
export function choose({ backend = "reference", precision = "float32" }: BackendOptions = {}): Choice {
  if (backend !== "reference") throw new ArgumentError("backend", "reference", String(backend));
  if (precision !== "float32" && precision !== "float64") {
    throw new ArgumentError("precision", "float32 or float64", String(precision));
  }
  return {
    backend: new Reference(precision),
    reason: `reference backend, ${precision}, one thread: plain TypeScript`,
  };
}
