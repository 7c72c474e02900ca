/** The training's optimizer on the page: with what it remembers of the steps before, for panes that show one step. */
import type { Optimizer } from "inkling";
import { buildOptimizer, buildTrainOptions } from "inkling/presets";
import type { Weights } from "./protocol.ts";

/**
 * What makes the next step of a training, on any copy of its network: the optimizer, and what keeps gradients and
 * weights small before and after it, which stands among its settings.
 */
export async function optimizerFrom({
  configuration,
  optimizer: sent,
}: Pick<Weights, "configuration" | "optimizer">): Promise<Optimizer> {
  const { learningRate, memory } = sent;
  const own = buildOptimizer({ ...configuration, learningRate });
  const { l1, clipNorm, maxNorm } = buildTrainOptions(configuration);
  const limits = { ...(l1 && { l1 }), ...(clipNorm && { clipNorm }), ...(maxNorm && { maxNorm }) };
  const { Constraints } = Object.keys(limits).length === 0 ? {} : await import("./later.ts");
  return {
    ...own,
    settings: { ...own.settings, ...limits },
    prepare(ops, parameters) {
      const updater = own.prepare(ops, parameters);
      for (const [name, matrix] of updater.tensors) {
        const values = memory?.tensors[name];
        if (values !== undefined) ops.write(matrix, values);
      }
      Object.assign(updater.numbers, memory?.numbers);
      if (Constraints === undefined) return updater;
      const constraints = new Constraints(ops, parameters, limits);
      return {
        ...updater,
        update(rate) {
          constraints.beforeUpdate();
          updater.update(rate);
          constraints.afterUpdate();
        },
      };
    },
  };
}
