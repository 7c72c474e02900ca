// Backpropagation without `train`: one step of gradient descent, operation by operation, and the proof that it is
// right.
import { dense, network } from "inkling";
import { labels } from "inkling/backends";
import { gradientCheck, Reference, recording } from "inkling/proofs";

// Every operation is recorded.
const { backend, calls } = recording(new Reference("float64"));
const model = network([2], [dense(3, "tanh"), dense(2)], { backend, seed: 1 });

const x = backend.matrix(2, 2);
backend.write(x, [1, 0, 0.5, -1]);
const targets = labels([0, 1]);

// Forwards, loss, backwards.
const outputs = model.forward(x);
const { dOutputs } = model.loss.compute(backend, outputs, targets);
model.backward(dOutputs);
console.log(calls.map(({ operation }) => operation).join(", "));

// W ← W − η·∂C/∂W
for (const { value, gradient } of model.parameters) backend.sgd(value, gradient, { learningRate: 0.5, weightDecay: 0 });

for (const { name, checked, passed } of await gradientCheck(model, x, targets)) {
  console.log(`${name}: ${checked} entries, gradient ${passed ? "right" : "wrong"}`);
}

// Prints
// affine, affine, softmaxCrossEntropy, activateBackward, meanRows, meanOuter, matmulTransposeB, activateBackward, meanRows, meanOuter
// layers.0.weights: 6 entries, gradient right
// layers.0.bias: 3 entries, gradient right
// layers.1.weights: 6 entries, gradient right
// layers.1.bias: 2 entries, gradient right
// input: 4 entries, gradient right
