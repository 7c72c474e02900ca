/**
 * The weights of a tfjs model. A manifest has groups; of each the files (shards), which are one after the other the
 * bytes of its tensors in their order. Numbers may be stored with fewer bits:
 *
 *   value = min + scale · q     q of 8 or 16 bits; or float16
 */
import { ModelFileError } from "../errors.ts";
import { shown } from "../shown.ts";
import { fromFloat16 } from "./float16.ts";
import { brief, type Tensor } from "./safetensors.ts";
import { isObject } from "./texts.ts";

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: keyof typeof BYTES;
  readonly min: number;
  readonly scale: number;
}

interface Group {
  readonly paths: readonly string[];
  readonly weights: readonly Weight[];
}

const BYTES = { float32: 4, int32: 4, uint16: 2, float16: 2, uint8: 1, bool: 1 } as const;

/** How many groups, files of a group, and tensors there may be. */
const MOST = 10_000;

/** The manifest of a model.json. Throws a ModelFileError for what is none. */
export function readManifest(manifest: unknown, where: string): readonly Group[] {
  const fail = (expected: string, got: unknown): never => {
    throw new ModelFileError(`${where}, weightsManifest`, expected, shown(got), "Nothing was loaded.");
  };
  if (!Array.isArray(manifest) || manifest.length > MOST) return fail("a list of groups", manifest);
  return manifest.map((group: unknown) => {
    const { paths, weights } = (group ?? {}) as { paths?: unknown; weights?: unknown };
    if (!Array.isArray(paths) || paths.length > MOST || !paths.every((path) => typeof path === "string")) {
      return fail("paths of files", paths);
    }
    if (!Array.isArray(weights) || weights.length > MOST) return fail("a list of weights", weights);
    for (const path of paths) checkShardPath(path, where);
    return { paths, weights: weights.map((weight) => readWeight(weight, where)) };
  });
}

/** Throws a ModelFileError for a path that could leave the directory of its model.json. */
function checkShardPath(path: string, where: string): void {
  // The browser's downloads are called ./model.weights.bin
  const parts = path.replace(/^\.\//, "").split("/");
  const isInside = !/[\\:\p{Cc}]/u.test(path) && parts.every((part) => part !== "" && part !== "." && part !== "..");
  if (isInside) return;
  const expected = "files beside it, or in a directory beside it";
  throw new ModelFileError(`${where}, weightsManifest`, expected, brief(path) || '""', "Nothing was loaded.");
}

function readWeight(weight: unknown, where: string): Weight {
  const { name, shape, dtype, quantization } = (weight ?? {}) as Record<string, unknown>;
  const place = `${where}, weight ${typeof name === "string" ? brief(name) : shown(name)}`;
  const fail = (expected: string, got: unknown): never => {
    throw new ModelFileError(place, expected, shown(got), "Nothing was loaded.");
  };
  if (typeof name !== "string") return fail("a name", name);
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    return fail("a shape of whole numbers", shape);
  }
  const stored = isObject(quantization) ? (quantization as Record<string, unknown>) : {};
  const kind = stored.dtype ?? dtype;
  if (typeof kind !== "string" || !Object.hasOwn(BYTES, kind)) {
    return fail(`numbers of ${Object.keys(BYTES).join(", ")}`, kind);
  }
  const { min = 0, scale = 1 } = stored;
  if (typeof min !== "number" || typeof scale !== "number") return fail("min and scale as numbers", min);
  return { name, shape, dtype: kind as Weight["dtype"], min, scale };
}

/** The tensors of a group, of the bytes of its files one after the other. */
export function groupTensors({ weights }: Group, bytes: Uint8Array, where: string): Tensor[] {
  const counts = weights.map(({ shape }) => shape.reduce((product, length) => product * length, 1));
  const needed = weights.reduce((sum, { dtype }, i) => sum + counts[i] * BYTES[dtype], 0);
  if (needed !== bytes.length) {
    const got = `${bytes.length} (is a file truncated?)`;
    throw new ModelFileError(where, `${needed} bytes in the files of the weights`, got, "Nothing was loaded.");
  }
  // Copied, because tensors may begin anywhere.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  return weights.map(({ name, shape, dtype, min, scale }, i) => {
    const begin = at;
    at += counts[i] * BYTES[dtype];
    const values = Float32Array.from({ length: counts[i] }, (_, e) => {
      const value = READ[dtype](view, begin + e * BYTES[dtype]);
      return min === 0 && scale === 1 ? value : value * scale + min;
    });
    return { name, shape, values };
  });
}

const READ: Readonly<Record<keyof typeof BYTES, (view: DataView, at: number) => number>> = {
  float32: (view, at) => view.getFloat32(at, true),
  int32: (view, at) => view.getInt32(at, true),
  uint16: (view, at) => view.getUint16(at, true),
  float16: (view, at) => fromFloat16(view.getUint16(at, true)),
  uint8: (view, at) => view.getUint8(at),
  bool: (view, at) => view.getUint8(at),
};
