/** The worker's network on the page: the same layers with a copy of its weights, for panes that look at it. */
import { type Network, network, Scaling } from "inkling";
import { buildLayers, buildLoss } from "inkling/presets";
import type { SentScaling, Weights } from "./protocol.ts";

/** So many copies are alive: a pane may still be reading the one before the last. */
const ALIVE = 3;

export class CopiedNetwork {
  readonly #copies: Network[] = [];

  /** A network with these weights. It stays whole until two more have been made. */
  async from(weights: Weights): Promise<Network> {
    const { configuration, inputShape, outputs, names, scaling, targetScaling, familiarity, tensors } = weights;
    const { seed } = configuration;
    const copy = network(inputShape, buildLayers(configuration, inputShape, outputs), {
      ...{ seed, loss: buildLoss(configuration), ...names, initialValues: new Map(tensors) },
      ...{ scaling: scalingFrom(scaling), targetScaling: scalingFrom(targetScaling) },
    });
    this.#copies.push(copy);
    if (this.#copies.length > ALIVE) this.#copies.shift()?.close();
    if (familiarity !== undefined) (await import("./later.ts")).takeFamiliarity(copy, familiarity);
    return copy;
  }

  close(): void {
    for (const copy of this.#copies.splice(0)) copy.close();
  }
}

function scalingFrom(sent: SentScaling | undefined): Scaling | undefined {
  return sent && new Scaling(sent.means, sent.deviations);
}
