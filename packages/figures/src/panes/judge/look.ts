/**
 * What a network's layers give and what they learn from some examples: the outputs of each layer, and the gradient of
 * each layer's weights over these examples as one batch. Computed by the library on a copy; the model stays as it is.
 */
import type { Dataset, Network } from "inkling";
import { inOrder, labels, type Numbers } from "inkling/backends";
import type { Pass } from "inkling/layers";
import { copyOf } from "inkling/proofs";
import type { CourseMoment } from "../../session/course.ts";
import { heldInputs } from "../../session/held-inputs.ts";

export interface LayerLook {
  /** layers.1 */
  readonly name: string;
  /** examples × units, row-major. */
  readonly outputs: Numbers;
  readonly units: number;
  /** ∂C/∂W, the mean over the examples; undefined for a layer without weights. */
  readonly gradient: Numbers | undefined;
}

export interface Look {
  readonly layers: readonly LayerLook[];
  /** The mean over the examples. */
  readonly loss: number;
}

/** The most examples that are looked at: one batch. */
export const LOOKED_AT = 500;

/** Looks at a network of classes, or at one like it with other tensors, by the first examples of a data set. */
export async function lookAt(model: Network, data: Dataset, tensors: CourseMoment["tensors"] = []): Promise<Look> {
  const copy = await copyOf(model, model.backend);
  const others = new Map(tensors);
  for (const { name, value } of copy.tensors) {
    const values = others.get(name);
    if (values !== undefined) copy.backend.write(value, values);
  }
  try {
    return await looked(copy, data.take(Math.min(LOOKED_AT, data.count)));
  } finally {
    copy.close();
  }
}

async function looked(copy: Network, data: Dataset): Promise<Look> {
  const { backend } = copy;
  const pass: Pass = { purpose: "evaluation", epoch: 0, order: inOrder(data.count), start: 0 };
  const held = heldInputs(copy, data);
  try {
    const outputs: Promise<Numbers>[] = [];
    const gradients: (Promise<Numbers> | undefined)[] = [];
    const widths: number[] = [];
    const each = backend.step(() => {
      let a = backend.select(held, pass.order, 0, data.count);
      for (const layer of copy.layers) {
        a = copy.forwardThrough(layer, a, pass);
        outputs.push(backend.read(a.isPixels ? backend.unpack(a) : a));
        widths.push(a.columns);
      }
      const { losses, dOutputs } = copy.loss.compute(backend, a, labels(data.labels ?? []));
      copy.backward(dOutputs);
      for (const i of copy.layers.keys()) {
        const weights = copy.parameters.find(({ name }) => name === `layers.${i}.weights`);
        gradients.push(weights && backend.read(weights.gradient));
      }
      return backend.read(losses);
    });
    const layers = await Promise.all(
      copy.layers.map(async (_, i) => ({
        name: `layers.${i}`,
        outputs: (await outputs[i]) ?? new Float32Array(),
        units: widths[i] ?? 1,
        gradient: await gradients[i],
      })),
    );
    const losses = Array.from(await each);
    return { layers, loss: losses.reduce((sum, loss) => sum + loss, 0) / data.count };
  } finally {
    backend.release(held);
  }
}
