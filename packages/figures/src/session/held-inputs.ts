/** Examples as a network's first layer takes them: bytes as they are, a table's columns scaled. */
import type { Dataset, Network } from "inkling";
import type { Matrix } from "inkling/backends";

/** All of them, in a matrix that stays until it is released. */
export function heldInputs({ backend, scaling }: Network, { inputs, columns, count }: Dataset): Matrix {
  if (inputs instanceof Uint8Array) return backend.pixels(inputs, columns);
  const rows = backend.matrix(count, columns);
  backend.write(rows, scaling?.apply(inputs) ?? inputs);
  return rows;
}
