/**
 * What can be reached without a network (chapter 1, "Implementing our network to classify digits"): guesses, and the
 * digit whose mean darkness is nearest to the image's (mnist_average_darkness.py). An image's darkness is the sum of its
 * pixels.
 */
import type { Dataset } from "../../data/dataset.ts";
import { Stream } from "../../numbers/random.ts";

/** How much of the test images is recognised by random guesses. */
export function guessed({ count, classes, labels }: Dataset, seed: number): number {
  const stream = new Stream(seed, "guesses");
  let hits = 0;
  for (let i = 0; i < count; i++) if (stream.below(classes, i) === labels?.[i]) hits++;
  return hits / count;
}

/** How much of the test images is recognised by the mean darkness of each digit's training images. */
export function darknessAccuracy(training: Dataset, test: Dataset): number {
  const sums = new Float64Array(training.classes);
  const counts = new Float64Array(training.classes);
  for (let i = 0; i < training.count; i++) {
    const label = training.labels?.[i] ?? 0;
    sums[label] += darkness(training, i);
    counts[label]++;
  }
  const means = sums.map((sum, label) => sum / counts[label]);
  let hits = 0;
  for (let i = 0; i < test.count; i++) {
    const dark = darkness(test, i);
    // Of equally near ones the first.
    const distances = means.map((mean) => Math.abs(mean - dark));
    if (distances.indexOf(Math.min(...distances)) === test.labels?.[i]) hits++;
  }
  return hits / test.count;
}

function darkness(data: Dataset, i: number): number {
  let sum = 0;
  for (const pixel of data.example(i)) sum += pixel;
  return sum;
}
