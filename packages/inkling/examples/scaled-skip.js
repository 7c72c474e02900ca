// A kind of layer of your own: a scaled skip connection, y = x + s·σ(x·W + b). It is made of the backend's operations,
// so it trains with the same bits everywhere; its gradient is checked; it is saved and loaded again.
import { dense, network, table, train } from "inkling";
import { labels } from "inkling/backends";
import { decodeModel, encodeModel } from "inkling/formats";
import { initializers, layerSpec } from "inkling/layers";
import { gradientCheck, Reference } from "inkling/proofs";

/** @type {import("inkling/layers").LayerKind<{ scale: number }>} */
const scaledSkip = {
  type: "scaledSkip",
  check({ scale }) {
    if (!Number.isFinite(scale)) throw new TypeError(`scaledSkip: expected scale to be a number, got ${scale}.`);
  },
  outputShape: (_fields, inputShape) => inputShape,
  tensors(_fields, [width]) {
    const { weight, bias } = initializers.glorot;
    return [
      {
        name: "weights",
        shape: [width, width],
        role: "parameter",
        decays: true,
        first: (stream, e) => weight(stream, e, width, width),
      },
      { name: "bias", shape: [width], role: "parameter", first: (stream, e) => bias(stream, e, width, width) },
    ];
  },
  build({ scale }, { ops, parameter }) {
    const [weights, bias] = [parameter("weights"), parameter("bias")];
    /** @type {{ x: any, z: any, a: any }} */
    let seen;
    return {
      forward(x) {
        // y = x + s·σ(x·W + b)
        const { z, a } = ops.affine(x, weights.value, bias.value, "tanh");
        seen = { x, z, a };
        return ops.addScaled(x, a, scale);
      },
      backward(dY) {
        const { x, z, a } = seen;
        // ∂C/∂a = s·∂C/∂y, written as 0 + s·∂C/∂y
        const dA = ops.addScaled(ops.matrix(dY.rows, dY.columns), dY, scale);
        const delta = ops.activateBackward(dA, z, a, "tanh");
        ops.meanRows(delta, bias.gradient);
        ops.meanOuter(x, delta, weights.gradient);
        // ∂C/∂x = ∂C/∂y + δ·Wᵀ
        return ops.addScaled(dY, ops.matmulTransposeB(delta, weights.value), 1);
      },
    };
  },
  describe: ({ scale }) => `scaled skip, ${scale}`,
};

const layers = [dense(6, "tanh"), layerSpec(scaledSkip, { scale: 0.5 }), dense(2)];
const exact = network([2], layers, { seed: 1, backend: new Reference("float64") });
const x = exact.backend.keep(2, 2);
exact.backend.write(x, [1, 0, 0.5, -1]);
for (const { name, passed } of await gradientCheck(exact, x, labels([0, 1]))) {
  console.log(`${name}: gradient ${passed ? "right" : "wrong"}`);
}

const xor = table(
  [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  [0, 1, 1, 0],
);
const model = network([2], layers, { seed: 1 });
const last = await train(model, xor, { epochs: 300, batchSize: "full" });
console.log(`loss ${last?.loss.toFixed(3)}`);
const copy = decodeModel(await encodeModel(model), { kinds: [scaledSkip] });
console.log("The same weights again:", (await copy.weightsSha256()) === (await model.weightsSha256()));

// Prints
// layers.0.weights: gradient right
// layers.0.bias: gradient right
// layers.1.weights: gradient right
// layers.1.bias: gradient right
// layers.2.weights: gradient right
// layers.2.bias: gradient right
// input: gradient right
// loss 0.083
// The same weights again: true
