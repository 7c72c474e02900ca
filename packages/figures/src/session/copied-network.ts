/** The worker's network on the page: the same layers with a copy of its weights, for panes that look at it. */
import { type Network, network } from "inkling";
import { buildLayers, buildLoss } from "inkling/presets";
import { CLASSES, IMAGE } from "../state/trainable.ts";
import type { Weights } from "./protocol.ts";

/** So many copies are alive: a pane may still be reading the one before the last. */
const ALIVE = 3;

export class CopiedNetwork {
  readonly #copies: Network<"classes">[] = [];

  /** A network with these weights. It stays whole until two more have been made. */
  from({ configuration, tensors }: Weights): Network<"classes"> {
    const { seed } = configuration;
    const copy = network(IMAGE, buildLayers(configuration, IMAGE, CLASSES), {
      ...{ seed, loss: buildLoss(configuration) as Network<"classes">["loss"] },
      initialValues: new Map(tensors),
    });
    this.#copies.push(copy);
    if (this.#copies.length > ALIVE) this.#copies.shift()?.close();
    return copy;
  }

  close(): void {
    for (const copy of this.#copies.splice(0)) copy.close();
  }
}
