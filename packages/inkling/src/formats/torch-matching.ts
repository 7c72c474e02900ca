/**
 * Which tensors of a state dict belong to which layers. Names in PyTorch are the author's (conv1.weight, fc.bias), and
 * a file may have sorted them. So tensors of one module are put together (conv1), and then each layer takes
 *
 *   1. the module of its own name, where all names are those of an nn.Sequential (0.weight), perhaps after a prefix;
 *   2. otherwise the first module of its kind and shape that is left: in the file's order where that is the layers'
 *      order, else in the order of the names, numbers by their value (layer2 before layer10).
 */
import { ModelFileError } from "../errors.ts";
import { shapeText } from "../shapes.ts";
import { brief, type Tensor } from "./safetensors.ts";
import type { TorchModule, TorchTensor } from "./torch-modules.ts";

/** One of our tensors, and what it was made of. */
export interface Source {
  /** layers.0.weights */
  readonly name: string;
  /** Its name in the state dict; undefined for one that it does not have: a bias of 0, say. */
  readonly from: string | undefined;
}

/** A module of the file: its tensors by the last part of their names. */
interface Found {
  readonly name: string;
  readonly parts: ReadonlyMap<string, Tensor>;
}

/** What a module may leave out, and the number that stands for it. */
const USUAL: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  linear: { bias: 0 },
  convolution: { bias: 0 },
  norm: { weight: 1, bias: 0, num_batches_tracked: 0 },
};

/** More names than this are not listed. */
const MOST_NAMED = 12;

/** Our tensors, of those of a state dict. Throws a ModelFileError that names all that do not fit. */
export function matchTorch(
  modules: readonly TorchModule[],
  tensors: readonly Tensor[],
  where: string,
  isOrdered: boolean,
): { readonly sources: readonly Source[]; readonly tensors: readonly Tensor[] } {
  const found = modulesIn(tensors);
  if (!isOrdered) found.sort((a, b) => byNumbers(a.name, b.name));
  const pairs = pairsByName(modules, found) ?? pairsByShape(modules, found);
  const left = found.filter((module) => !Array.from(pairs.values()).includes(module));
  const problems = problemsOf(modules, pairs, left);
  if (problems.length > 0) {
    const shown = problems.slice(0, MOST_NAMED);
    if (problems.length > MOST_NAMED) shown.push(`${problems.length - MOST_NAMED} more`);
    const expected = "tensors that fit the layers";
    throw new ModelFileError(where, expected, shown.join("; "), "Nothing was loaded.");
  }
  const all = modules.flatMap((module) =>
    module.tensors.flatMap((tensor) => {
      if (tensor.ours === undefined) return [];
      const from = pairs.get(module)?.parts.get(tensor.part);
      const usual = USUAL[module.kind]?.[tensor.part] ?? 0;
      return [{ tensor: fromTorch(tensor, tensor.ours, from, usual), source: { name: tensor.ours, from: from?.name } }];
    }),
  );
  return { sources: all.map(({ source }) => source), tensors: all.map(({ tensor }) => tensor) };
}

/** Our tensor, of PyTorch's; all numbers are `usual` where there is none. */
function fromTorch({ shape, source }: TorchTensor, name: string, from: Tensor | undefined, usual: number): Tensor {
  const values = from?.values ?? new Float32Array(shape.reduce((n, length) => n * length, 1)).fill(usual);
  const own = oursOf(name, shape);
  if (source === undefined) return { name, shape: own, values };
  const ours = values.slice();
  for (let e = 0; e < ours.length; e++) ours[source(e)] = values[e];
  return { name, shape: own, values: ours };
}

/** The shape of our tensor: (out, in) becomes (in, out), (out, in, down, across) becomes (down, across, in, out). */
function oursOf(name: string, shape: readonly number[]): readonly number[] {
  const [first = 1, second = 1, ...others] = shape;
  return name.endsWith(".weights") ? [...others, second, first] : shape;
}

/** The modules of a file, in the order of their first tensors. Counts of batches are not kept. */
function modulesIn(tensors: readonly Tensor[]): Found[] {
  const modules = new Map<string, Map<string, Tensor>>();
  for (const tensor of tensors) {
    const dot = tensor.name.lastIndexOf(".");
    const [name, part] = [tensor.name.slice(0, Math.max(0, dot)), tensor.name.slice(dot + 1)];
    if (part === "num_batches_tracked") continue;
    const parts = modules.get(name) ?? new Map<string, Tensor>();
    modules.set(name, parts.set(part, tensor));
  }
  return Array.from(modules, ([name, parts]) => ({ name, parts }));
}

/** Each layer's module by its own name, after a prefix that all have; undefined unless all are there. */
function pairsByName(modules: readonly TorchModule[], found: readonly Found[]): Map<TorchModule, Found> | undefined {
  const first = nameOf(modules[0]);
  const last = found.find(({ name }) => name === first || name.endsWith(`.${first}`));
  if (last === undefined) return undefined;
  const prefix = last.name.slice(0, last.name.length - first.length);
  const byName = new Map(found.map((module) => [module.name, module]));
  const pairs = new Map<TorchModule, Found>();
  for (const module of modules) {
    const own = byName.get(prefix + nameOf(module));
    if (own === undefined) return undefined;
    pairs.set(module, own);
  }
  return pairs;
}

/** The name of a module in the state dict: "0" of 0.weight */
function nameOf(module: TorchModule | undefined): string {
  return module?.tensors[0]?.name.replace(/\.[^.]*$/, "") ?? "";
}

/** Each layer's module by kind and shape; those of the wrong shape go, in order, to layers that found none. */
function pairsByShape(modules: readonly TorchModule[], found: readonly Found[]): Map<TorchModule, Found> {
  const pairs = new Map<TorchModule, Found>();
  const free = new Set(found);
  for (const fits of [isOfShape, isOfKind]) {
    for (const module of modules.filter((one) => !pairs.has(one))) {
      const own = found.find((candidate) => free.has(candidate) && fits(module, candidate));
      if (own === undefined) continue;
      pairs.set(module, own);
      free.delete(own);
    }
  }
  return pairs;
}

function isOfKind({ kind }: TorchModule, { parts }: Found): boolean {
  const rank = parts.get("weight")?.shape.length;
  if (kind === "norm") return parts.has("running_mean");
  return !parts.has("running_mean") && rank === (kind === "linear" ? 2 : 4);
}

function isOfShape(module: TorchModule, found: Found): boolean {
  return isOfKind(module, found) && module.tensors.every(({ part, shape }) => isSame(found.parts.get(part), shape));
}

/** Whether a tensor has the shape, or there is none. */
function isSame(tensor: Tensor | undefined, shape: readonly number[]): boolean {
  return tensor === undefined || shapeText(tensor.shape) === shapeText(shape);
}

/** All that is missing, of another shape, or belongs to no layer. */
function problemsOf(
  modules: readonly TorchModule[],
  pairs: ReadonlyMap<TorchModule, Found>,
  left: readonly Found[],
): string[] {
  const problems: string[] = [];
  for (const module of modules) {
    const found = pairs.get(module);
    for (const { part, shape } of module.tensors) {
      const tensor = found?.parts.get(part);
      if (tensor === undefined && USUAL[module.kind]?.[part] === undefined) {
        problems.push(`no ${part} of ${shapeText(shape)} for ${module.place}`);
      } else if (tensor !== undefined && !isSame(tensor, shape)) {
        problems.push(`${named(tensor)} in place of ${shapeText(shape)} for ${module.place}`);
      }
    }
    const known = module.tensors.map(({ part }) => part);
    for (const [part, tensor] of found?.parts ?? []) {
      if (!known.includes(part)) problems.push(`${named(tensor)}, which ${module.place} does not have`);
    }
  }
  for (const { parts } of left) {
    for (const tensor of parts.values()) problems.push(`${named(tensor)}, which belongs to no layer`);
  }
  return problems;
}

function named({ name, shape }: Tensor): string {
  return `${brief(name)} of ${shapeText(shape) || "one number"}`;
}

/** The order of two names, with the numbers in them by their value. */
function byNumbers(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.split(/(\d+)/));
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] === right[i]) continue;
    // The odd parts are numbers.
    if (i % 2 === 1 && Number(left[i]) !== Number(right[i])) return Number(left[i]) - Number(right[i]);
    return left[i] < right[i] ? -1 : 1;
  }
  return left.length - right.length;
}
