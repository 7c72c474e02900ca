// Dropout and skip connections against numbers of other programs (golden/dropout.py): masks of another Philox, and
// PyTorch's outputs, loss and gradients with these masks, in float64.
import { readFileSync } from "node:fs";
import { dense, dropout, network, residual } from "inkling";
import { type Backend, labels, Totals } from "inkling/backends";
import { Stream } from "inkling/numbers";
import { type CpuMatrix, Reference } from "inkling/proofs";
import { expect, test } from "vitest";
import { Wasm } from "../src/backends/wasm/wasm.ts";

interface MaskCase {
  readonly seed: number;
  readonly stream: string;
  readonly epoch: number;
  readonly example: number;
  readonly columns: number;
  readonly rate: number;
  /** 1 where a number is kept. */
  readonly mask: string;
}

type Values = Readonly<Record<string, readonly number[]>>;

const golden = JSON.parse(readFileSync(new URL("golden/dropout.json", import.meta.url), "utf8")) as {
  readonly masks: readonly MaskCase[];
  readonly network: {
    readonly seed: number;
    readonly epoch: number;
    readonly order: readonly number[];
    readonly labels: readonly number[];
    readonly x: readonly number[];
    readonly parameters: Values;
    readonly outputs: readonly number[];
    readonly loss: number;
    readonly dX: readonly number[];
    readonly gradients: Values;
  };
};

test.each(golden.masks)(
  "the mask of $stream, seed $seed, epoch $epoch, example $example is the other Philox's",
  (entry) => {
    const { seed, stream, epoch, example, columns, rate, mask } = entry;
    for (const ops of [new Reference(), new Wasm()] as Backend[]) {
      const x = ops.keep(2, columns);
      ops.write(x, new Float32Array(2 * columns).fill(1));
      const order = Uint32Array.of(0, 5, example);
      const z = ops.dropout(x, { rate, stream: new Stream(seed, stream), epoch, order, start: 1 }) as CpuMatrix;
      expect(Array.from(z.data.slice(columns), (value) => (value === 0 ? "0" : "1")).join("")).toBe(mask);
    }
  },
);

test("with these masks, outputs, loss and every gradient are PyTorch's", async () => {
  const { seed, epoch, order, x: values, parameters, gradients, ...expected } = golden.network;
  const ops: Backend = new Reference("float64");
  const inside = [dense(8, "tanh"), dropout(0.25), dense(8)];
  const layers = [dense(8, "relu"), dropout(0.4), residual(inside, { scale: 0.3 }), dense(3)];
  const model = network([6], layers, { seed, backend: ops, initialValues: new Map(Object.entries(parameters)) });
  expect(model.parameters.map(({ name }) => name)).toEqual(Object.keys(parameters));
  const x = ops.matrix(5, 6);
  ops.write(x, values);
  const pass = { purpose: "training", epoch, order: Uint32Array.from(order), start: 0 } as const;
  const outputs = model.forward(x, pass);
  const cost = model.loss.compute(ops, outputs, labels(expected.labels));
  const dX = model.backward(cost.dOutputs, { wantsInput: true }) as CpuMatrix;
  const totals = new Totals();
  ops.sumLosses(cost.losses, totals);

  expectClose(await ops.read(outputs), expected.outputs);
  expectClose([totals.loss.total / 5], [expected.loss]);
  for (const { name, gradient } of model.parameters) expectClose(await ops.read(gradient), gradients[name]);
  // Ours is of each example's own loss, PyTorch's of the batch's mean.
  expectClose(
    dX.data.map((value) => value / 5),
    expected.dX,
  );
});

function expectClose(got: ArrayLike<number>, expected: readonly number[]): void {
  expect(got.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(got[i] - value)).toBeLessThanOrEqual(1e-14);
}
