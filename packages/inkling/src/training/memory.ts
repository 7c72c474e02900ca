/**
 * What a training remembers between its steps: matrices and numbers, by name. Optimizers have such a memory; whatever
 * else remembers something (averages, early stopping) gives and takes it in the same form.
 */
import type { Backend } from "../backends/backend.ts";
import { ArgumentError } from "../errors.ts";
import type { Matrix, Numbers } from "../matrix.ts";

export interface Memory {
  readonly tensors: ReadonlyMap<string, Matrix>;
  /** Changed in place, step by step. */
  readonly numbers: Record<string, number>;
}

/** A copy of a memory at one moment. Numbers are exact: Infinity and −0 are kept as they are. */
export interface MemoryState {
  readonly tensors: Readonly<Record<string, Numbers>>;
  readonly numbers: Readonly<Record<string, number>>;
}

/**
 * Several memories, each under its name: its tensors and numbers are called optimizer.layers.0.weights.mean and so on.
 */
export type Memories = Readonly<Record<string, Memory>>;

/** Copies memories. */
export async function copyOf(ops: Backend, memories: Memories): Promise<MemoryState> {
  const numbers = Object.fromEntries(named(memories, (memory) => Object.entries(memory.numbers)));
  const tensors = named(memories, (memory) => memory.tensors);
  const values = await Promise.all(tensors.map(async ([name, matrix]) => [name, await ops.read(matrix)] as const));
  return { tensors: Object.fromEntries(values), numbers };
}

/** Writes a copy back, whose numbers are finite. Throws an ArgumentError for a copy of other memories. */
export function putBack(ops: Backend, memories: Memories, state: MemoryState): void {
  const tensors = named(memories, (memory) => memory.tensors);
  const numbers = named(memories, ({ numbers }) => Object.keys(numbers).map((name) => [name, { numbers, name }]));
  checkNames("tensors", tensors, state.tensors);
  checkNames("numbers", numbers, state.numbers);
  // All is checked before anything is written.
  for (const [name, { rows, columns }] of tensors) {
    const { length } = state.tensors[name] ?? [];
    if (length !== rows * columns) throw new ArgumentError(`resume, ${name}`, `${rows * columns} numbers`, `${length}`);
  }
  for (const [name, matrix] of tensors) ops.write(matrix, state.tensors[name]);
  for (const [name, place] of numbers) place.numbers[place.name] = state.numbers[name];
}

/** Lets two matrices of one shape change their numbers. */
export function exchange(ops: Backend, a: Matrix, b: Matrix): void {
  const aside = ops.keep(a.rows, a.columns);
  ops.copy(a, aside);
  ops.copy(b, a);
  ops.copy(aside, b);
  ops.release(aside);
}

/** What all memories have of one kind, by the whole names. */
function named<Value>(
  memories: Memories,
  parts: (memory: Memory) => Iterable<readonly [name: string, value: Value]>,
): (readonly [name: string, value: Value])[] {
  return Object.entries(memories).flatMap(([owner, memory]) =>
    Array.from(parts(memory), ([name, value]) => [`${owner}.${name}`, value] as const),
  );
}

function checkNames(kind: string, wanted: readonly (readonly [name: string, value: unknown])[], given: object): void {
  const listed = (names: readonly string[]) => names.toSorted().join(", ");
  const [expected, got] = [listed(wanted.map(([name]) => name)), listed(Object.keys(given))];
  if (got !== expected) throw new ArgumentError("resume", `${kind} ${expected}`, got);
}
