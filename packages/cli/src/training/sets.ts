/** The data of one training: which examples it learns from, which it is watched on, which it is tested on. */
import { ArgumentError, DataError, type Dataset, inOrder, MersenneTwister, ShapeError } from "inkling";
import { mnist } from "inkling/node";
import type { NamedConfiguration } from "../configuring.ts";
import { loadData, loadTestData } from "../data.ts";
import { wholeNumber } from "../options.ts";

export interface Sets {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly test: Dataset | undefined;
  /** NumPy's generator after the shuffle of the rows, for --init numpy. */
  readonly generator: MersenneTwister | undefined;
}

export interface SetOptions {
  readonly data?: string;
  readonly test?: string;
  readonly classes: string;
}

/** Loads the data, takes the examples that the configuration asks for and holds out those for validation. */
export async function prepareSets(
  configuration: NamedConfiguration,
  named: ReadonlySet<string>,
  options: SetOptions,
): Promise<Sets> {
  const classes = wholeNumber("--classes", options.classes, 1);
  const { init, seed, examples, preset } = configuration;
  const data = await loadData(options.data, classes);
  const found = "only" in data ? data.only : data.train;
  if (found.labels === undefined) {
    throw new ArgumentError("--data", "examples with labels", `${found.name} without a column "label"`);
  }
  let test = "only" in data ? undefined : data.test;
  if (options.test !== undefined) test = await loadTestData(options.test, classes);
  // The seed's experiment is tested on the 10,000 images that the original never used, whatever file it learns from.
  else if (preset === "seed" && test === undefined) test = (await mnist()).test;
  checkTest(found, test);

  const all = examples === "all" ? found : found.take(examples);
  // A preset's share is cut to what there is; a named one has to fit.
  const most = named.has("validation") ? configuration.validation : Math.floor(all.count / 10);
  const validation = Math.min(configuration.validation, most);
  if (validation >= all.count) {
    throw new ArgumentError("--validation", `fewer than the ${all.count} training examples`, String(validation));
  }
  const generator = init === "numpy" ? new MersenneTwister(seed) : undefined;
  const order = inOrder(all.count);
  generator?.shuffle(order);
  if (validation === 0) {
    return { train: generator ? all.pick(order) : all, validation: undefined, test, generator };
  }
  return { ...all.split(validation, generator ? order : seed), test, generator };
}

/** What cannot be tested is found out before the training, not after it. */
function checkTest(train: Dataset, test: Dataset | undefined): void {
  if (test === undefined) return;
  if (test.labels === undefined) throw new DataError(test.name, "labels to test with", "examples without labels");
  if (test.columns !== train.columns) {
    throw new ShapeError(
      test.name,
      `examples of ${train.shape.join(" × ")}, as in ${train.name}`,
      test.shape.join(" × "),
    );
  }
}
