/**
 * Model files of format 1, as Inkling 0.1 wrote them. What was different: a bias had the shape 1 × outputs, names were
 * spelled with dashes, a loss was its name alone, and the input's scaling was always "byte / 255".
 */
import type { Tensors } from "./safetensors.ts";

/** Names of format 1, and what they are called since, by the field in which they stand. */
const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  activation: { "leaky-relu": "leakyRelu" },
  initializer: { "scaled-normal": "scaledNormal" },
  loss: { "cross-entropy": "crossEntropy" },
};

/** The same model as a file of format 2 would hold it. */
export function fromFormat1({ metadata, tensors }: Tensors): Tensors {
  const architecture = metadata["inkling.architecture"];
  return {
    metadata: {
      ...metadata,
      ...(architecture !== undefined && { "inkling.architecture": renamed(architecture) }),
    },
    tensors: tensors.map((tensor) => {
      const { name, shape } = tensor;
      return name.endsWith(".bias") && shape.length === 2 && shape[0] === 1 ? { ...tensor, shape: [shape[1]] } : tensor;
    }),
  };
}

/** JSON with the new names in place of the old ones, and a loss as { type }; as it is where it is no JSON. */
function renamed(json: string): string {
  try {
    return JSON.stringify(
      JSON.parse(json, (field, value: unknown) => {
        if (typeof value !== "string" || !Object.hasOwn(RENAMED, field)) return value;
        const name = Object.hasOwn(RENAMED[field], value) ? RENAMED[field][value] : value;
        return field === "loss" ? { type: name } : name;
      }),
    );
  } catch {
    return json;
  }
}
