/**
 * Every error that Inkling throws at its caller. One grammar: where: expected E, got G. What to do.
 * Both numbers are always there, as fields too, so that a program can react and a person can act.
 */

/** What kind of mistake it is, for programs. */
export type ErrorCode =
  | "INKLING_SHAPE"
  | "INKLING_ARGUMENT"
  | "INKLING_DATA"
  | "INKLING_MODEL_FILE"
  | "INKLING_FILE"
  | "INKLING_DIVERGENCE"
  | "INKLING_GROUP"
  | "INKLING_BUG";

/** The common ancestor: `error instanceof InklingError` means that the caller can do something about it. */
export class InklingError extends Error {
  readonly code: ErrorCode = "INKLING_ARGUMENT";
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  readonly advice: string;

  constructor(where: string, expected: string, got: string, advice = "") {
    const parts = [where, expected, got, advice].map(oneLine);
    super(`${parts[0]}: expected ${parts[1]}, got ${parts[2] || '""'}.${parts[3] && ` ${parts[3]}`}`);
    this.name = new.target.name;
    [this.where, this.expected, this.got, this.advice] = parts;
  }
}

/** Text from a file may hold line breaks and control characters; a sentence is one line without them. */
function oneLine(text: string): string {
  return text.replace(/\s*\p{Cc}+\s*/gu, " ");
}

/** Rows or columns that do not fit each other or the layer they are given to. */
export class ShapeError extends InklingError {
  override readonly code = "INKLING_SHAPE";
}

/** A hyper-parameter, name or option with a value that it cannot have. */
export class ArgumentError extends InklingError {}

/** A data set that is not what it says it is: IDX, CSV, labels. Nothing of it was loaded. */
export class DataError extends InklingError {
  override readonly code = "INKLING_DATA";
}

/** A model file that cannot be trusted or does not fit. Nothing of it was loaded. */
export class ModelFileError extends InklingError {
  override readonly code = "INKLING_MODEL_FILE";
}

/** A file that is missing, cannot be read or cannot be written. */
export class FileError extends InklingError {
  override readonly code = "INKLING_FILE";
}

/** Where a training diverged, and how large its steps were. */
interface Divergence {
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
}

/** The loss or a weight is no longer a finite number: training cannot go on. */
export class DivergenceError extends InklingError {
  override readonly code = "INKLING_DIVERGENCE";
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;

  constructor(what: string, { epoch, step, loss, learningRate }: Divergence) {
    super("train", "a finite loss", String(loss));
    // A tenth of the learning rate is what to try first.
    const smaller = Number((learningRate / 10).toPrecision(2));
    this.message =
      `train: ${what} in epoch ${epoch}, step ${step}. ` +
      `The usual cause is a large step: learningRate is ${learningRate}; try ${smaller}.`;
    this.epoch = epoch;
    this.step = step;
    this.loss = loss;
    this.learningRate = learningRate;
  }
}

/** A promise of our own that was broken: never the caller's fault. */
export class BugError extends Error {
  readonly code: ErrorCode = "INKLING_BUG";

  constructor(sentence: string) {
    super(`Bug in inkling: ${sentence}`);
    this.name = "BugError";
  }
}
