// Backpropagation against central differences: every activation × loss, on numbers and on pixels, fresh and trained.
import {
  type ActivationName,
  type Backend,
  dense,
  gradientCheck,
  inOrder,
  Labels,
  type LayerSpec,
  type LossName,
  type Matrix,
  network,
  Reference,
  Stream,
} from "inkling";
import { describe, expect, test } from "vitest";

const activations: ActivationName[] = ["identity", "relu", "leaky-relu", "sigmoid", "tanh"];
const lossNames: LossName[] = ["cross-entropy", "quadratic"];
const labels = new Labels(Uint8Array.of(0, 2, 1, 1, 0), inOrder(5), 0, 5);

/** m × n numbers from −1 to 1. */
function numbers(ops: Backend, m: number, n: number): Matrix {
  const stream = new Stream(5, "gradients test");
  const x = ops.keep(m, n);
  ops.write(
    x,
    Array.from({ length: m * n }, (_, e) => 2 * stream.uniform(e) - 1),
  );
  return x;
}

/** m × n bytes, about half of them 0. */
function bytes(m: number, n: number): Uint8Array {
  const stream = new Stream(6, "gradients test");
  return Uint8Array.from({ length: m * n }, (_, e) => Math.max(0, stream.uniform(e) * 510 - 255));
}

function specs(activation: ActivationName, loss: LossName): LayerSpec[] {
  return [dense(7, activation), dense(4, activation), dense(3, loss === "quadratic" ? "sigmoid" : "identity")];
}

describe.each(activations)("with %s", (activation) => {
  test.each(lossNames)("and the loss %s, backpropagation is the derivative of the loss", async (loss) => {
    const ops = new Reference("float64");
    const model = network([6], specs(activation, loss), { backend: ops, loss, seed: 3 });
    for (const x of [numbers(ops, 5, 6), ops.pixels(bytes(5, 6), 6)]) {
      for (const { name, checked, largestError } of await gradientCheck(model, x, labels)) {
        expect(checked, name).toBeGreaterThan(0);
        expect(largestError, name).toBeLessThan(1e-6);
      }
    }
  });
});

test("the input's gradient is checked too, where the input is numbers", async () => {
  const ops = new Reference("float64");
  const model = network([6], specs("tanh", "cross-entropy"), { backend: ops });
  const names = (await gradientCheck(model, numbers(ops, 5, 6), labels)).map(({ name }) => name);
  expect(names).toEqual([
    ...["layers.0.weights", "layers.0.bias", "layers.1.weights", "layers.1.bias", "layers.2.weights", "layers.2.bias"],
    "input",
  ]);
});

test("the check leaves every parameter as it was", async () => {
  const ops = new Reference("float64");
  const model = network([6], specs("relu", "cross-entropy"), { backend: ops });
  const before = await model.weightsSha256();
  await gradientCheck(model, numbers(ops, 5, 6), labels);
  expect(await model.weightsSha256()).toBe(before);
});

test("an entry between two sides of a kink is skipped, and counted", async () => {
  const ops = new Reference("float64");
  const model = network([1], [dense(1, "relu"), dense(2)], { backend: ops, seed: 3 });
  const [weights, bias] = model.parameters;
  ops.write(weights.value, [1]);
  ops.write(bias.value, [-1]);
  const x = ops.keep(1, 1);
  ops.write(x, [1]);
  const [row] = await gradientCheck(model, x, new Labels(Uint8Array.of(0), inOrder(1), 0, 1));
  expect(row).toMatchObject({ checked: 0, skipped: 1, passed: true });
});

test("a float32 network is refused", async () => {
  const model = network([6], [dense(3)]);
  const x = numbers(model.backend, 5, 6);
  await expect(gradientCheck(model, x, labels)).rejects.toThrow(
    "expected a network with a float64 backend, got float32",
  );
});

// Each of the four equations, broken once: the check must see it.
describe("a broken equation fails the check", () => {
  const scaled = (ops: Backend, matrix: Matrix, factor: number) => {
    const out = ops.keep(matrix.rows, matrix.columns);
    ops.write(
      out,
      Array.from(matrix.data, (value) => factor * value),
    );
    return out;
  };
  const broken: [string, (ops: Backend) => Partial<Backend>][] = [
    [
      "(BP1) without − y",
      (ops) => ({
        softmaxCrossEntropy: (z, y) => ({ losses: ops.softmaxCrossEntropy(z, y).losses, dZ: ops.softmax(z) }),
      }),
    ],
    ["(BP2) without σ′(z)", () => ({ activateBackward: (_activation, dA) => dA })],
    [
      "(BP2) off by a thousandth",
      (ops) => ({ matmulTransposeB: (delta, W) => scaled(ops, ops.matmulTransposeB(delta, W), 1.001) }),
    ],
    ["(BP3) summed, not averaged", (ops) => ({ meanRows: (delta) => scaled(ops, ops.meanRows(delta), delta.rows) })],
    ["(BP4) off by a thousandth", (ops) => ({ meanOuter: (x, delta) => scaled(ops, ops.meanOuter(x, delta), 0.999) })],
  ];
  test.each(broken)("%s", async (_name, breakIt) => {
    const whole = new Reference("float64");
    const overrides = breakIt(whole);
    const ops = new Proxy<Backend>(whole, {
      get: (target, key: keyof Backend) => {
        const member = overrides[key] ?? target[key];
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
    const model = network([6], specs("tanh", "cross-entropy"), { backend: ops });
    const rows = await gradientCheck(model, numbers(ops, 5, 6), labels);
    expect(rows.every(({ passed }) => passed)).toBe(false);
  });
});
