// The smallest network that is worth having: XOR, which no single layer can learn.
import { dense, momentum, network, table, train } from "inkling";

const rows = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const xor = table(rows, [0, 1, 1, 0]);
const model = network([2], [dense(4, "tanh"), dense(2)], { seed: 2 });

const optimizer = momentum({ learningRate: 0.3 });
for await (const { epoch, loss } of train(model, xor, { epochs: 200, batchSize: "full", optimizer })) {
  if (epoch % 50 === 0) console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}`);
}
for (const row of rows) {
  const { label, probabilities } = await model.predict(row);
  console.log(`${row.join(" xor ")} = ${label} (${(100 * probabilities[label]).toFixed(1)} % sure)`);
}

// Prints
// epoch 50: loss 0.6452
// epoch 100: loss 0.0068
// epoch 150: loss 0.0029
// epoch 200: loss 0.0021
// 0 xor 0 = 0 (100.0 % sure)
// 0 xor 1 = 1 (99.8 % sure)
// 1 xor 0 = 1 (99.8 % sure)
// 1 xor 1 = 0 (99.7 % sure)
