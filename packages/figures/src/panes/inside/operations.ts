/**
 * One training step as the list of its operations: forwards, the loss, backwards, and the update of the parameters. All
 * but the last are the calls that the trace recorded; the update is what its step made of every parameter.
 */
import { type Operation, type OperationName, operations } from "inkling/backends";
import { type Call, operationSources, type Snapshot, type Source, type Trace } from "inkling/proofs";
import type { QuantityName } from "../../words/quantities.ts";

export type Phase = "forward" | "loss" | "backward" | "update";

/** A matrix that goes into an operation or comes out of it. */
export interface Part {
  /** The table's name of it: x, W, delta. */
  readonly name: string;
  readonly matrix: Snapshot;
}

export interface Step {
  readonly phase: Phase;
  readonly operation: OperationName;
  /** layers.1; undefined for softmax, the loss and the update of all. */
  readonly layer: string | undefined;
  readonly equation: string;
  readonly takes: readonly Part[];
  readonly makes: readonly Part[];
  /** Where the library's source computes it. */
  readonly sources: readonly Source[];
  /** The quantities that it computes: they are lit wherever they stand. */
  readonly lit: readonly QuantityName[];
}

/** What the names of the table are on this pane. */
const quantities: Readonly<Record<string, QuantityName>> = {
  ...{ x: "x", W: "W", b: "b", z: "z", a: "a", delta: "delta", dA: "dA", dW: "dW", db: "db", dX: "dX", dZ: "delta" },
  ...{ p: "p", losses: "loss", y: "y", xHat: "xHat" },
};

const updates: Readonly<Record<string, OperationName>> = {
  ...{ sgd: "sgd", momentum: "momentum", adam: "adam", adamW: "adam", rmsprop: "rootSquare", adagrad: "rootSquare" },
};

/** The operations of a trace in their order. */
export function stepsOf({ calls, back }: Trace): Step[] {
  const loss = calls.findIndex(({ operation }) => operations[operation].family === "losses");
  const made = calls.map((call, i): Step => {
    const { operation, layer } = call;
    const phase = loss < 0 || i < loss ? "forward" : i === loss ? "loss" : "backward";
    const { equation }: Operation = operations[operation];
    const makes = partsOf(call.results);
    return {
      ...{ phase, operation, layer, equation, makes },
      takes: partsOf(call.operands),
      sources: operationSources[operation],
      lit: makes.flatMap(({ name }) => quantities[name] ?? []),
    };
  });
  return back === undefined ? made : [...made, updateOf(back.step.optimizer.name, calls, back.step.parameters)];
}

function updateOf(
  optimizer: string,
  calls: readonly Call[],
  after: Readonly<Record<string, Snapshot["values"]>>,
): Step {
  const operation = updates[optimizer] ?? "sgd";
  const gradients = calls.flatMap(({ layer, results }) =>
    partsOf(results).flatMap(({ name, matrix }) => {
      return name === "dW" || name === "db" ? [{ name: `${layer ?? ""} ${name}`, matrix }] : [];
    }),
  );
  return {
    ...{ phase: "update", operation, layer: undefined, equation: operations[operation].equation },
    takes: gradients,
    makes: Object.entries(after).map(([name, values]) => ({
      name,
      matrix: { rows: 1, columns: values.length, values },
    })),
    sources: operationSources[operation],
    lit: ["after"],
  };
}

/** Labels are no matrix: they are left out. */
function partsOf(named: Readonly<Record<string, unknown>>): Part[] {
  return Object.entries(named).flatMap(([name, matrix]) => (isSnapshot(matrix) ? [{ name, matrix }] : []));
}

function isSnapshot(value: unknown): value is Snapshot {
  return typeof value === "object" && value !== null && "values" in value && "columns" in value;
}
