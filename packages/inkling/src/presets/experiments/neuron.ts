/**
 * One neuron with one input x = 1 that is to put out 0 (chapter 3, "The cross-entropy cost function"). It is small
 * enough to be computed here in float64, equation by equation.
 *
 *   z = w·x + b   a = σ(z)
 *   quadratic       C = a²/2          ∂C/∂z = a·σ′(z) = a·a·(1 − a)     slow where a is near 1: σ′ is small there
 *   crossEntropy    C = −ln(1 − a)    ∂C/∂z = a                         steep where a is far from 0
 *   w ← w − η·∂C/∂z·x   b ← b − η·∂C/∂z
 */
import { log, sigmoid } from "../../numbers/float64.ts";
import type { EpochMeasures, Neuron } from "./experiment.ts";

/** The neuron's cost and output, at the start (epoch 0) and after each epoch. */
export function neuronEpochs({ weight, bias, cost, learningRate, epochs }: Neuron): EpochMeasures[] {
  let [w, b] = [weight, bias];
  const measures: EpochMeasures[] = [];
  for (let epoch = 0; epoch <= epochs; epoch++) {
    // a = σ(w + b)
    const a = sigmoid(w + b);
    // C = a²/2 or −ln(1 − a)
    const loss = cost === "quadratic" ? (a * a) / 2 : -log(1 - a);
    measures.push({ epoch, training: { loss, accuracy: Number.NaN, output: a }, penalty: 0 });
    // ∂C/∂z = a·a·(1 − a) or a
    const delta = cost === "quadratic" ? a * a * (1 - a) : a;
    w -= learningRate * delta;
    b -= learningRate * delta;
  }
  return measures;
}
