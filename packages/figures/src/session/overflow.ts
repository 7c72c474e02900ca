/** Where a network's numbers stop being finite: what is said of a training that diverges. */
import type { Dataset, Network } from "inkling";
import { inOrder, type Matrix } from "inkling/backends";
import type { Pass } from "inkling/layers";
import { heldInputs } from "./held-inputs.ts";

/** Images that are sent through, spread evenly over all. */
const IMAGES = 256;

const pass: Pass = { purpose: "evaluation", epoch: 0, order: new Uint32Array(0), start: 0 };

/** The first layer with a number that is not finite, in its weights or in what it makes of the images: layers.1. */
export async function overflowingLayer(model: Network, images: Dataset): Promise<string | undefined> {
  const { backend, layers } = model;
  for (const { name, value } of model.tensors) {
    if (!areFinite(await backend.read(value))) return name.split(".").slice(0, 2).join(".");
  }
  const count = Math.min(IMAGES, images.count);
  const some = images.pick(Array.from({ length: count }, (_, i) => Math.floor((i * images.count) / count)));
  const held = heldInputs(model, some);
  try {
    const outputs = backend.step(() => {
      let a: Matrix = backend.select(held, inOrder(count), 0, count);
      return layers.map((layer) => {
        a = model.forwardThrough(layer, a, pass);
        return a.isPixels ? undefined : backend.read(a);
      });
    });
    for (const [i, reading] of outputs.entries()) {
      const values = await reading;
      if (values !== undefined && !areFinite(values)) return `layers.${i}`;
    }
    return undefined;
  } finally {
    backend.release(held);
  }
}

function areFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
