/** Where a layer's slope jumps, and whether a batch is on the same side of it as another one. */
import type { CpuMatrix } from "../backends/cpu-matrix.ts";
import { allLayers } from "../layers/specs.ts";
import type { Network } from "../network/network.ts";

/**
 * A text that changes when, for the last batch, a neuron goes to the other side of its corner or another pixel is the
 * maximum: between two such batches a central difference measures no derivative.
 */
export function sidesOf({ layers }: Network): string {
  return allLayers(layers)
    .map(({ corners, choices }) => {
      const sides = corners && numbersOf(corners).map((z) => (z <= 0 ? 0 : 1));
      return `${sides?.join("") ?? ""};${choices ? numbersOf(choices).join() : ""}`;
    })
    .join("\n");
}

/** The numbers of a matrix of the reference. */
function numbersOf(matrix: object): CpuMatrix["data"] {
  return (matrix as CpuMatrix).data;
}
