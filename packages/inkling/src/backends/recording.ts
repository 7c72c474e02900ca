/**
 * A recording backend: it computes like another one, and keeps the operands and results of each operation. `explain`
 * and the lessons show them, and a test can see what a layer really computes. The names of operands and results are
 * those of the table of operations, so a new operation is recorded without a line here.
 */
import { Labels, Matrix, type Numbers, Pixels } from "../matrix.ts";
import type { Backend } from "./backend.ts";
import { CpuMatrix } from "./cpu-matrix.ts";
import { type Operation, type OperationName, operations } from "./operations.ts";

/** A matrix as it was at one moment. */
export interface Snapshot {
  readonly rows: number;
  readonly columns: number;
  /** Row-major; of pixels the numbers byte / 255. */
  readonly values: Numbers;
}

/** One operation that was computed. */
export interface Call {
  readonly operation: OperationName;
  /** The layer that asked for it, as layers.0; undefined for a loss, an optimizer or a call by hand. */
  readonly layer: string | undefined;
  /** What it was given, by the names of the table of operations. */
  readonly operands: Readonly<Record<string, Snapshot | Labels>>;
  /** Its other arguments: an activation, a weight, settings. */
  readonly options: readonly unknown[];
  /** What it made, by name; of an update the new parameter. */
  readonly results: Readonly<Record<string, Snapshot>>;
  /** For each operand the number of the call that made it, from 0; undefined for one that no recorded call made. */
  readonly madeBy: Readonly<Record<string, number | undefined>>;
}

/** A backend like `inner` that also appends every operation to `calls`. `inner` has to be a CPU backend. */
export function recording(inner: Backend): { backend: Backend; calls: Call[] } {
  const calls: Call[] = [];
  /** Which call made a matrix, last. */
  const makers = new WeakMap<object, number>();
  return { backend: recorder(inner, undefined, calls, makers), calls };
}

function recorder(inner: Backend, layer: string | undefined, calls: Call[], makers: WeakMap<object, number>): Backend {
  return new Proxy(inner, {
    get(target, name: keyof Backend) {
      if (name === "within") return (within: string) => recorder(inner, within, calls, makers);
      const member: unknown = target[name];
      if (typeof member !== "function") return member;
      const call = member.bind(target) as (...given: unknown[]) => unknown;
      if (!Object.hasOwn(operations, name)) return call;
      const operation = name as OperationName;
      const { operands: wanted }: Operation = operations[operation];
      const names = Object.keys(wanted);
      return (...given: unknown[]) => {
        // What goes in is copied before the call: updates change it in place.
        const operands = Object.fromEntries(names.map((operand, i) => [operand, snapshot(given[i])]));
        const madeBy = Object.fromEntries(names.map((operand, i) => [operand, makers.get(given[i] as object)]));
        const made = call(...given);
        const results = resultsOf(operation, made, given);
        for (const matrix of Object.values(results)) makers.set(matrix, calls.length);
        const copies = Object.fromEntries(
          Object.entries(results).map(([result, matrix]) => [result, snapshot(matrix)]),
        );
        calls.push({
          operation,
          layer,
          operands: operands as Call["operands"],
          options: given.slice(names.length),
          results: copies as Call["results"],
          madeBy,
        });
        return made;
      };
    },
  });
}

/** What an operation made, by the names of the table. */
function resultsOf(operation: OperationName, made: unknown, given: readonly unknown[]): Record<string, Matrix> {
  const { results, operands, family }: Operation = operations[operation];
  const [name] = Object.keys(family === "updates" ? operands : results);
  if (family === "updates") return { [name]: given[0] as Matrix };
  if (made instanceof Matrix) return { [name]: made };
  return { ...(made as Record<string, Matrix> | undefined) };
}

function snapshot(value: unknown): Snapshot | Labels | undefined {
  if (value instanceof CpuMatrix) return { rows: value.rows, columns: value.columns, values: value.data.slice() };
  if (value instanceof Labels) return value;
  if (!(value instanceof Pixels)) return undefined;
  const { rows, columns } = value;
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let l = 0; l < columns; l++) values[i * columns + l] = value.bytes[value.offset(i) + l] / 255;
  }
  return { rows, columns, values };
}
