/** What large batches reach with which learning rate: T3's network, trained for the same number of epochs. */
import { adam, constant, dense, evaluate, flatten, network, train, warmUp } from "inkling";
import { chooseBackend, mnist } from "inkling/node";

/** @typedef {import("../scale.js").Accuracy} Accuracy */

/** The share of the steps in which the rate rises. */
const WARM_UP = 0.2;
const BASE = { batch: 128, rate: 0.001 };

/**
 * Accuracies on the test set after the last epoch, mean and standard deviation over seeds 1 to `seeds`.
 *
 * @param {number} epochs
 * @param {number} seeds
 * @returns {Promise<Accuracy[]>}
 */
export async function accuracies(epochs, seeds) {
  const { backend } = await chooseBackend({});
  const digits = await mnist();
  const plans = [128, 1024, 4096, 8192].flatMap((size) => {
    const ratio = size / BASE.batch;
    const rates = ratio === 1 ? [1] : [1, Math.sqrt(ratio), ratio];
    const constantRate = rates.map((factor) => ({ size, ratio: factor, warmUp: false }));
    return ratio === 1 ? constantRate : [...constantRate, { size, ratio, warmUp: true }];
  });
  const found = [];
  for (const plan of plans) {
    const reached = [];
    for (let seed = 1; seed <= seeds; seed++) reached.push(await accuracyOf(plan, seed));
    const mean = reached.reduce((sum, one) => sum + one, 0) / seeds;
    const squares = reached.reduce((sum, one) => sum + (one - mean) * (one - mean), 0);
    const deviation = Math.sqrt(squares / (seeds - 1));
    found.push({ ...plan, rate: BASE.rate * plan.ratio, mean, deviation });
    process.stderr.write(`batch ${plan.size}, rate ${(BASE.rate * plan.ratio).toPrecision(3)}: ${mean.toFixed(4)}\n`);
  }
  return found;

  /**
   * @param {{ size: number, ratio: number, warmUp: boolean }} plan
   * @param {number} seed
   */
  async function accuracyOf(plan, seed) {
    const model = network([28, 28, 1], [flatten(), dense(128, "relu"), dense(10)], { seed, backend });
    const optimizer = adam({ learningRate: BASE.rate * plan.ratio });
    const schedule = plan.warmUp ? { schedule: warmUp(constant(), { share: WARM_UP }) } : {};
    await train(model, digits.train, { epochs, batchSize: plan.size, optimizer, ...schedule });
    const { accuracy } = await evaluate(model, digits.test);
    model.close();
    return accuracy;
  }
}
