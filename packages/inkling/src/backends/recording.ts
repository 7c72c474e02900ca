/**
 * The glass box: wraps a backend and keeps what went into and came out of each operation, as copies. `explain` prints
 * from it, the gradient check finds kinks with it, and a test can ask it what a layer really computes.
 */
import { Labels, Matrix, type Numbers, Pixels } from "../matrix.ts";
import type { Backend } from "./backend.ts";

/** A matrix as it was. */
export interface Snapshot {
  readonly rows: number;
  readonly columns: number;
  readonly values: Numbers;
}

/** One operation: its name, and copies of the matrices in its arguments and in its result, by position or name. */
export interface Call {
  readonly operation: keyof Backend;
  readonly inputs: readonly unknown[];
  readonly output: unknown;
}

/** The operations that move memory; they are passed through and not recorded. */
const MEMORY: ReadonlySet<string> = new Set([
  "matrix",
  "keep",
  "write",
  "copy",
  "read",
  "settled",
  "close",
  "step",
  "pixels",
  "select",
]);

/** A backend like `inner` that also appends every operation to `calls`. Works with backends whose memory is readable. */
export function recording(inner: Backend): { backend: Backend; calls: Call[] } {
  const calls: Call[] = [];
  const backend = new Proxy(inner, {
    get(target, operation: keyof Backend) {
      const member = target[operation];
      if (typeof member !== "function") return member;
      const call = member.bind(target) as (...inputs: unknown[]) => unknown;
      if (MEMORY.has(operation)) return call;
      return (...inputs: unknown[]) => {
        // What goes in is copied before the call: optimizers change it in place.
        const kept = inputs.map(snapshot);
        const output = call(...inputs);
        calls.push({ operation, inputs: kept, output: snapshot(output) });
        return output;
      };
    },
  });
  return { backend, calls };
}

function snapshot(value: unknown): unknown {
  if (value instanceof Matrix) {
    return { rows: value.rows, columns: value.columns, values: value.data.slice() } satisfies Snapshot;
  }
  if (value instanceof Pixels || value instanceof Labels) return value;
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, snapshot(part)]));
  }
  return value;
}
