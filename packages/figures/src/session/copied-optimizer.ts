/** The training's optimizer on the page: with what it remembers of the steps before, for panes that show one step. */
import type { Optimizer } from "inkling";
import { buildOptimizer } from "inkling/presets";
import type { Weights } from "./protocol.ts";

/** What makes the next step of a training, on any copy of its network. */
export function optimizerFrom({
  configuration,
  optimizer: sent,
}: Pick<Weights, "configuration" | "optimizer">): Optimizer {
  const { learningRate, memory } = sent;
  const own = buildOptimizer({ ...configuration, learningRate });
  return {
    ...own,
    prepare(ops, parameters) {
      const updater = own.prepare(ops, parameters);
      if (memory === undefined) return updater;
      for (const [name, matrix] of updater.tensors) {
        const values = memory.tensors[name];
        if (values !== undefined) ops.write(matrix, values);
      }
      Object.assign(updater.numbers, memory.numbers);
      return updater;
    },
  };
}
