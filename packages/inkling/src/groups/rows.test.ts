// What a machine of a group reads of examples that lie elsewhere: those of its own blocks, and no others.
import { expect, test } from "vitest";
import { Reference } from "../backends/reference/reference.ts";
import { Wasm } from "../backends/wasm/wasm.ts";
import { Dataset } from "../data/dataset.ts";
import { type RowNumbers, Rows } from "../data/rows.ts";
import { dense } from "../layers/dense.ts";
import { network } from "../network/network.ts";
import { train } from "../training/train.ts";
import { joinGroup } from "./join.ts";

const BATCH = 3 * 128;

/** Rows of which each says its own number, and which of them were read. */
function numbered(count: number) {
  const read: number[] = [];
  const stored = new Rows({
    ...{ kind: "float32", count, columns: 2 },
    read(order: ArrayLike<number>, start: number, rows: number, into: RowNumbers) {
      for (let i = 0; i < rows; i++) {
        read.push(order[start + i]);
        into.fill(order[start + i] / count, 2 * i, 2 * i + 2);
      }
    },
    hasher: () => ({ add() {}, end: () => "none" }),
  });
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  return { read, data: new Dataset({ name: "numbered", shape: [2], stored, labels, classes: 2 }) };
}

test.each([
  ["the reference", () => new Reference()],
  ["WebAssembly", () => new Wasm()],
])("%s reads the rows of its machine's blocks, whichever the epoch's order brings there", async (_, backendOf) => {
  const all: number[] = [];
  for (const rank of [0, 1, 2]) {
    const { read, data } = numbered(2 * BATCH);
    const backend = backendOf();
    // Nobody answers: the sums are wrong here, and what is read is right.
    joinGroup(backend, { rank, size: 3, exchange() {}, gather: (_own, all) => void all.fill(0), barrier() {} });
    await train(network([2], [dense(2)], { seed: 1, backend }), data, { epochs: 1, batchSize: BATCH });
    expect(read, `machine ${rank}`).toHaveLength((2 * BATCH) / 3);
    all.push(...read);
  }
  expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 2 * BATCH }, (_, i) => i));
});
