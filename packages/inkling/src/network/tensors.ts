/**
 * A model is its tensors: the parameters of all layers in declared order, then the statistics. Drawing them, their
 * digest, the model file and copies are loops over this list.
 */
import type { Backend } from "../backends/backend.ts";
import { checkName } from "../checks.ts";
import { ArgumentError, BugError, ShapeError } from "../errors.ts";
import type { InitialValues } from "../layers/initializers.ts";
import type { LayerSpec, Parameter, Tensor, TensorSpec } from "../layers/layer.ts";
import { describe, outputShape, tensorSpecs } from "../layers/specs.ts";
import { Stream } from "../numbers/random.ts";
import { joinedBytes, sha256 } from "../numbers/sha256.ts";
import { type Shape, shapeText, size } from "../shapes.ts";
import { shown } from "../shown.ts";

/** 512 MiB in float32. */
const MOST_NUMBERS = 2 ** 27;

/** A tensor that a network of these layers has, before there is a network. */
export interface DeclaredTensor extends Omit<TensorSpec, "name"> {
  /** Its name in the model: layers.0.weights */
  readonly name: string;
}

/** The name of a model's layer i. */
export function layerName(i: number): string {
  return `layers.${i}`;
}

/** All tensors of a network, parameters first. Throws an ArgumentError for what are no layers. */
export function declaredTensors(inputShape: Shape, specs: readonly LayerSpec[]): DeclaredTensor[] {
  const all: DeclaredTensor[] = [];
  let shape = inputShape;
  for (const [i, spec] of specs.entries()) {
    const below = i === 0 ? "the input" : `${layerName(i - 1)} (${describe(specs[i - 1])})`;
    const out = naming(layerName(i), below, () => outputShape(spec, shape));
    for (const tensor of tensorSpecs(spec, shape)) {
      all.push({ ...tensor, name: `${layerName(i)}.${tensor.name}` });
    }
    shape = out;
  }
  return [...all.filter(({ role }) => role === "parameter"), ...all.filter(({ role }) => role === "statistic")];
}

/** What `body` returns. Where a layer refuses the shape of its input, the error names it and what made that shape. */
function naming<T>(layer: string, below: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new ShapeError(`${layer}, ${error.where}`, error.expected, `${error.got} from ${below}`, error.advice);
  }
}

/** Whether a tensor is a parameter. */
export function isParameter(tensor: Tensor): tensor is Parameter {
  return tensor.role === "parameter";
}

/** The parameters of a model's layer i. */
export function parametersOf(tensors: readonly Tensor[], i: number): Parameter[] {
  return tensors.filter(isParameter).filter(({ name }) => name.startsWith(`${layerName(i)}.`));
}

/** Rows and columns of a tensor as a matrix: a row for [n]. */
export function matrixShape(shape: Shape): [rows: number, columns: number] {
  const columns = shape.at(-1);
  if (columns === undefined) throw new BugError("a tensor without a shape.");
  return [size(shape) / columns, columns];
}

/** Throws an ArgumentError for more numbers than there can be, before any is drawn. */
function checkCount(declared: readonly DeclaredTensor[]): void {
  const count = declared.reduce((sum, { shape }) => sum + size(shape), 0);
  if (count <= MOST_NUMBERS) return;
  throw new ArgumentError("network", `at most ${MOST_NUMBERS} parameters`, String(count), "Take narrower layers.");
}

/** Makes the tensors, with the values that are given for their names, or else drawn by the seed. */
export function makeTensors(
  ops: Backend,
  declared: readonly DeclaredTensor[],
  seed: number,
  given: InitialValues | undefined,
): (Tensor | Parameter)[] {
  checkCount(declared);
  if (given !== undefined) checkGiven(ops, declared, given);
  return declared.map(({ name, shape, role, decays = false, isFrozen = false, first }) => {
    const [rows, columns] = matrixShape(shape);
    const value = ops.keep(rows, columns);
    ops.write(value, given?.get(name) ?? drawn(first, size(shape), new Stream(seed, `initial weights ${name}`)));
    if (role === "statistic") return { name, shape, role, value };
    return { name, shape, role, decays, isFrozen, value, gradient: ops.keep(rows, columns) };
  });
}

/** Throws an ArgumentError unless the values are a map from names of tensors to as many finite numbers as each has. */
function checkGiven({ precision }: Backend, declared: readonly DeclaredTensor[], given: unknown): void {
  const where = "network, initialValues";
  if (!(given instanceof Map)) throw new ArgumentError(where, "a Map of names and numbers", shown(given));
  const known = declared.map(({ name }) => name);
  for (const [name, values] of given as ReadonlyMap<unknown, unknown>) {
    checkName(where, "each name", name, known);
    const { shape } = declared[known.indexOf(name as string)];
    const count = size(shape);
    const numbers = values as ArrayLike<unknown> | null | undefined;
    if (typeof numbers !== "object" || numbers?.length !== count) {
      const got = numbers?.length === undefined ? shown(values) : `${numbers.length} numbers`;
      throw new ShapeError(`${where}, ${name}`, `${count} numbers (${shapeText(shape)})`, got);
    }
    for (let e = 0; e < count; e++) {
      const value = numbers[e];
      if (typeof value === "number" && Number.isFinite(precision === "float32" ? Math.fround(value) : value)) continue;
      throw new ArgumentError(`${where}, ${name}[${e}]`, `a finite ${precision} number`, shown(value));
    }
  }
}

function drawn(first: TensorSpec["first"], count: number, stream: Stream): Float64Array {
  return Float64Array.from({ length: count }, (_, element) => first(stream, element));
}

/** SHA-256 over the little-endian float32 bytes of all tensors, parameters first, in hexadecimal. */
export async function tensorsSha256(ops: Backend, tensors: readonly Tensor[]): Promise<string> {
  const values = await Promise.all(tensors.map(({ value }) => ops.read(value)));
  await ops.relieved();
  return sha256(joinedBytes(values.map((numbers) => Float32Array.from(numbers))));
}
