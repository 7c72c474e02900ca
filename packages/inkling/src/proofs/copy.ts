/** A model's copy: the same layers, tensors, loss, scaling and names, computed by another backend. */
import type { Backend } from "../backends/backend.ts";
import type { LayerSpec } from "../layers/layer.ts";
import { residualKind } from "../layers/residual.ts";
import { innerSpecs } from "../layers/specs.ts";
import type { Numbers } from "../matrix.ts";
import { Network } from "../network/network.ts";

/** Specifications of layers that all learn: in a copy that shows gradients, frozen layers have theirs too. */
export function thawed(specs: readonly LayerSpec[]): LayerSpec[] {
  return specs.map(({ trainable: _, ...spec }) => {
    if (spec.type !== residualKind.type) return spec;
    const residual = { ...spec, layers: thawed(innerSpecs(spec)) };
    return residual;
  });
}

/**
 * A copy of the model on this backend. The model is only read, and the two share nothing afterwards. The training
 * record stays with the model. `specs`: the copy's layers, which have the same tensors. On a backend of another
 * precision the numbers are rounded to it.
 *
 * @example
 * const exact = await copyOf(model, new Reference("float64"));
 */
export async function copyOf(model: Network, backend: Backend, specs = model.specs): Promise<Network> {
  const { inputShape, seed, loss, scaling, targetScaling, columnNames, tableColumns, classNames, targetNames } = model;
  const initialValues = new Map<string, Numbers>();
  for (const { name, value } of model.tensors) initialValues.set(name, await model.backend.read(value));
  return new Network(inputShape, specs, {
    ...{
      seed,
      backend,
      loss,
      scaling,
      targetScaling,
      columnNames,
      tableColumns,
      classNames,
      targetNames,
      initialValues,
    },
  });
}
