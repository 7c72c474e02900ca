/** The data of one training: which examples it learns from, which it is watched on, which it is tested on. */
import { ArgumentError, DataError, type Dataset, type Network, ShapeError } from "inkling";
import { inOrder } from "inkling/backends";
import { fillMissing } from "inkling/formats";
import { mnist } from "inkling/node";
import { MersenneTwister } from "inkling/numbers";
import { buildLoss, lossNames } from "inkling/presets";
import { checkLossFields, configurationOf, type Named, type NamedConfiguration } from "../configuring.ts";
import { type Data, loadData, loadTestData, type Reading, readingFor } from "../data.ts";
import { wholeNumber } from "../options.ts";
import { checkObeyed, type PictureFlags, picturesFrom, picturesLike } from "../pictures.ts";
import { count } from "../report/terminal.ts";
import { type TableOptions, tableReading } from "../table-options.ts";

export interface Sets {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly test: Dataset | undefined;
  /** Where the examples to test on come from; undefined for MNIST. */
  readonly testPath: string | undefined;
  /** Whether they are a tenth of the data, drawn by the seed: an index among them is no index in the file. */
  readonly isHeldOut: boolean;
  /** NumPy's generator after the shuffle of the rows, for --init numpy. */
  readonly generator: MersenneTwister | undefined;
  /** The column of a table that is learnt. */
  readonly label: string | undefined;
  /** The columns of a table that were left out. */
  readonly ignore: readonly string[] | undefined;
  /** How the data were read and divided, where that could have been otherwise. */
  readonly notes: readonly string[];
}

export interface SetOptions extends PictureFlags, TableOptions {
  readonly data?: string;
  readonly test?: string;
  readonly label?: string;
  readonly classes?: string;
  /** A model to go on with: its columns and classes are those of the data. */
  readonly model?: Network | undefined;
}

/**
 * Loads the data and completes the configuration, which may depend on them; takes the examples that it asks for, and
 * holds out those for testing and for validation.
 */
export async function prepare(
  named: Named,
  options: SetOptions,
): Promise<{ configuration: NamedConfiguration; sets: Sets }> {
  const { loss } = named.fields;
  const { model, label: wanted } = options;
  const table = tableReading(options);
  const reading: Reading = {
    ...(model === undefined ? { label: wanted, ...table } : readingFor(model, { label: wanted, ...table })),
    ...(options.classes !== undefined && { classes: wholeNumber("--classes", options.classes, 1) }),
    // A named loss says what is to be learnt; otherwise the label's column does.
    ...(loss !== undefined && model === undefined && { task: buildLoss({ loss }).task }),
    needsLabel: true,
    ...picturesFrom(options),
  };
  const data = await loadData(options.data, reading);
  const found = "only" in data ? data.only : data.train;
  if (found.task === undefined) {
    throw new ArgumentError("--data", "examples with labels", `${found.name} without a column "label"`);
  }
  checkObeyed(options, found);
  const configuration = completedFor(found, named);
  const { train, test, note } = await withTest(data, found, configuration, options, reading);
  checkTest(train, test);
  const notes = [found.note, note].filter((sentence) => sentence !== undefined);
  const label = "only" in data ? data.label : undefined;
  const testPath = test?.name === "MNIST test" ? undefined : (options.test ?? options.data);
  const { ignore } = reading;
  const rest = { test, testPath, isHeldOut: note !== undefined, label, ignore, notes };
  return { configuration, sets: { ...divided(train, configuration, named), ...rest } };
}

/** The same sets without empty cells: the training rows say what they are read as, and no others. */
export function filledIn(sets: Sets): Sets {
  const train = fillMissing(sets.train);
  const { validation, test } = sets;
  return {
    ...sets,
    train,
    validation: validation && fillMissing(validation, train),
    test: test && fillMissing(test, train),
  };
}

/** How many of so many examples are held out where nobody says it: a tenth, at least one. */
export function tenth(examples: number): number {
  return Math.max(1, Math.floor(examples / 10));
}

function isTable({ inputs }: Dataset): boolean {
  return !(inputs instanceof Uint8Array);
}

/** The data say which preset is the usual one, and which loss. */
function completedFor(found: Dataset, named: Named): NamedConfiguration {
  const loss = found.task === "numbers" ? "meanSquared" : undefined;
  const configuration = configurationOf(named, isTable(found) ? "table" : "mlp", loss);
  const { task } = buildLoss({ loss: configuration.loss });
  if (task !== found.task) {
    const names = lossNames.filter((name) => buildLoss({ loss: name }).task === found.task);
    const expected = `${names.slice(0, -1).join(", ")} or ${names.at(-1)} for ${found.task} (${found.name})`;
    throw new ArgumentError("--loss", expected, configuration.loss);
  }
  checkLossFields(named, configuration);
  return configuration;
}

/**
 * The examples to learn from, and those to be tested on. Without --test a tenth of a table, or of pictures, is held
 * out.
 */
async function withTest(
  data: Data,
  found: Dataset,
  { seed, preset }: NamedConfiguration,
  options: SetOptions,
  reading: Reading,
): Promise<{ train: Dataset; test: Dataset | undefined; note?: string }> {
  if (options.test !== undefined) {
    const like: Reading =
      "only" in data && isTable(found)
        ? {
            ...(data.label !== undefined && { label: data.label }),
            ...(found.columnNames && { columnNames: found.columnNames }),
            ...{ tableColumns: found.tableColumns, missing: reading.missing, ignore: reading.ignore },
            ...(found.classNames ? { classNames: found.classNames } : { task: "numbers" }),
          }
        : { ...reading, ...picturesLike(found) };
    return { train: found, test: await loadTestData(options.test, like) };
  }
  if (!("only" in data)) return { train: found, test: data.test };
  // The original's experiment is tested on the 10,000 images that it never used, whatever file it learns from.
  if (preset === "original" && !isTable(found)) return { train: found, test: (await mnist()).test };
  if (!isTable(found) && data.holdOut !== true) return { train: found, test: undefined };
  const what = isTable(found) ? "rows" : "pictures";
  if (found.count < 2)
    throw new DataError(found.name, `at least 2 ${what}, one of them to test on`, String(found.count));
  const held = tenth(found.count);
  const { train, validation: test } = found.split(held, { seed });
  const some = `${count(held)} of the ${count(found.count)} ${what} ${held === 1 ? "is" : "are"}`;
  const note = `${some} held out for testing, drawn by the seed; --test FILE brings others.`;
  return { train, test, note };
}

/** Examples to learn from and, where the configuration asks for some, those held out for validation. */
export function divided(
  found: Dataset,
  { init, seed, examples, patience, validation: asked }: NamedConfiguration,
  named: Named,
): Pick<Sets, "train" | "validation" | "generator"> {
  const all = examples === "all" ? found : found.take(examples);
  // A preset's share is cut to what there is; a named one has to fit.
  const most = named.fields.validation === undefined ? Math.floor(all.count / 10) : asked;
  const validation = Math.min(asked, most);
  if (validation >= all.count) {
    throw new ArgumentError("--validation", `fewer than the ${all.count} training examples`, String(validation));
  }
  if (patience > 0 && validation === 0) {
    const advice = `Add --validation ${tenth(all.count)}.`;
    throw new ArgumentError("--patience", "validation examples", "none", advice);
  }
  const generator = init === "numpy" ? new MersenneTwister(seed) : undefined;
  const order = inOrder(all.count);
  generator?.shuffle(order);
  if (validation === 0) return { train: generator ? all.pick(order) : all, validation: undefined, generator };
  return { ...all.split(validation, generator ? { order } : { seed }), generator };
}

/** What cannot be tested is found out before the training, not after it. */
function checkTest(train: Dataset, test: Dataset | undefined): void {
  if (test === undefined) return;
  // How many classes there are may be known without a label.
  if ((test.labels ?? test.targets) === undefined) {
    throw new DataError(test.name, "labels to test with", "examples without labels");
  }
  if (test.columns !== train.columns) {
    const expected = `examples of ${train.shape.join(" × ")}, as in ${train.name}`;
    throw new ShapeError(test.name, expected, test.shape.join(" × "));
  }
  if (test.outputs > train.outputs || test.task !== train.task) {
    const what = ({ task, outputs }: Dataset) => (task === "classes" ? `${outputs} classes` : "numbers to predict");
    throw new DataError(test.name, `at most ${what(train)}, as in ${train.name}`, what(test));
  }
}
