/**
 * Every error that Inkling throws at its caller. One grammar: where: expected E, got G. What to do.
 * Both numbers are always there, as fields too, so that a program can react and a person can act.
 */

/** The common ancestor: `error instanceof InklingError` means that the caller can do something about it. */
export class InklingError extends Error {
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  readonly advice: string;

  constructor(where: string, expected: string, got: string, advice = "") {
    super(
      oneLine(`${where}: expected ${expected}, got ${got === "" ? '""' : got}.${advice === "" ? "" : ` ${advice}`}`),
    );
    this.name = new.target.name;
    this.where = where;
    this.expected = expected;
    this.got = got;
    this.advice = advice;
  }
}

/** What comes from elsewhere may hold line breaks and worse; a sentence is one line. */
function oneLine(text: string): string {
  return text.replace(/\s*\p{Cc}+\s*/gu, " ");
}

/** Rows or columns that do not fit each other or the layer they are given to. */
export class ShapeError extends InklingError {}

/** A hyper-parameter, name or option with a value that it cannot have. */
export class ArgumentError extends InklingError {}

/** A data set that is not what it says it is: IDX, CSV, labels. Nothing of it was loaded. */
export class DataError extends InklingError {}

/** A model file that cannot be trusted or does not fit. Nothing of it was loaded. */
export class ModelFileError extends InklingError {}

/** A file that is missing, cannot be read or cannot be written. */
export class FileError extends InklingError {}

/** The loss or a weight is no longer a finite number: training cannot go on. */
export class DivergenceError extends InklingError {
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;

  constructor(what: string, epoch: number, step: number, loss: number, learningRate: number) {
    super("train", "a finite loss", String(loss));
    // A tenth of the learning rate is the first thing that an experienced hand would try.
    const smaller = Number((learningRate / 10).toPrecision(2));
    this.message =
      `train: ${what} in epoch ${epoch}, step ${step}. ` +
      `The usual cause is a large step: learningRate is ${learningRate}; try ${smaller}.`;
    this.epoch = epoch;
    this.step = step;
    this.loss = loss;
  }
}

/** A promise of our own that was broken: never the caller's fault. */
export class BugError extends Error {
  constructor(sentence: string) {
    super(`Bug in inkling: ${sentence}`);
    this.name = "BugError";
  }
}
