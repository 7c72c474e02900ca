/** A small training: points in three dimensions, and which of two classes each is of. */
import { adam, dense, network, type TrainOptions, table, train } from "inkling";
import { Stream } from "inkling/numbers";

export const stream = new Stream(1, "training test");
export const rows = Array.from({ length: 40 }, (_, i) => [0, 1, 2].map((j) => 2 * stream.uniform(3 * i + j) - 1));
export const points = table(
  rows,
  rows.map(([a, b]) => (a > b ? 1 : 0)),
  { name: "points" },
);
export const fresh = () => network([3], [dense(5, "tanh"), dense(2)], { seed: 1 });
export const options: TrainOptions = { epochs: 4, batchSize: 16, optimizer: adam({ learningRate: 0.01 }) };

/** The digest of its weights after all epochs. */
export async function whole(more: TrainOptions = {}): Promise<string> {
  const model = fresh();
  await train(model, points, { ...options, ...more });
  return model.weightsSha256();
}
