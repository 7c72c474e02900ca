/** A layered graph with a slope on each line, and both ways to multiply along it. */
import { Stream } from "inkling/numbers";

export type Direction = "forward" | "back";

export interface Graph {
  /** How many nodes each layer has. */
  readonly sizes: readonly number[];
  /** The slope from node i of a layer to node j of the next. */
  slope(layer: number, i: number, j: number): number;
}

/** One multiplication: along a line, in a pass. */
export interface Step {
  readonly pass: number;
  readonly layer: number;
  readonly i: number;
  readonly j: number;
}

export interface Passes {
  readonly passes: number;
  readonly steps: readonly Step[];
  /** ∂output/∂input, inputs × outputs. */
  readonly slopes: readonly number[];
}

const stream = new Stream(1, "slopes");

/** So many inputs, two layers of three, so many outputs. */
export function graphOf(inputs: number, outputs: number): Graph {
  return { sizes: [inputs, 3, 3, outputs], slope: (layer, i, j) => stream.normal(64 * layer + 8 * i + j) };
}

/** All multiplications in one direction, in their order, and the slopes that they give. */
export function passesOf(graph: Graph, direction: Direction): Passes {
  const { sizes } = graph;
  const layers = sizes.slice(1).map((_, layer) => layer);
  const [inputs, outputs] = [sizes[0] ?? 0, sizes.at(-1) ?? 0];
  const isForward = direction === "forward";
  const passes = isForward ? inputs : outputs;
  const steps: Step[] = [];
  const slopes = new Array<number>(inputs * outputs).fill(0);
  for (let pass = 0; pass < passes; pass++) {
    // One node at the end where the pass begins has slope 1, the others 0: lines from those are left out.
    let here = new Map([[pass, 1]]);
    for (const layer of isForward ? layers : layers.toReversed()) {
      const next = new Map<number, number>();
      for (const [from, value] of here) {
        for (let to = 0; to < (sizes[isForward ? layer + 1 : layer] ?? 0); to++) {
          const [i, j] = isForward ? [from, to] : [to, from];
          steps.push({ pass, layer, i, j });
          next.set(to, (next.get(to) ?? 0) + value * graph.slope(layer, i, j));
        }
      }
      here = next;
    }
    for (const [end, value] of here) slopes[isForward ? pass * outputs + end : end * outputs + pass] = value;
  }
  return { passes, steps, slopes };
}
