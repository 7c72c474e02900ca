/**
 * The one place where operands are checked: each belongs to the backend that is to compute with it, and their shapes
 * meet as the table of operations says. Every backend calls `check` first in every operation, so nothing behind it
 * reads beyond a matrix. A check takes some 30 ns.
 */
import { checkName } from "../checks.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { Labels, Matrix } from "../matrix.ts";
import { kinked } from "../numbers/activations.ts";
import { isLength, shapeText } from "../shapes.ts";
import { shown } from "../shown.ts";
import type { CpuMatrix } from "./cpu-matrix.ts";
import { type Operands, type OperationName, operandsOf } from "./operations.ts";
import { checkWindow, imageSize, positions, type Window } from "./window.ts";

/** One operand: where its rows and columns are compared. Lengths are numbered; ONE is 1, NONE is not asked for. */
interface Rule {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** What it may be instead of a matrix of numbers, if anything. */
  readonly or: Operands[string][2];
  /** Whether the operation may do without its numbers, if they are postponed. */
  readonly mayWait: boolean;
  /** Whether the operation changes its numbers in place. */
  readonly isChanged: boolean;
}

/** An operation's operands, ready to be compared. */
export interface Rules {
  readonly operation: OperationName;
  readonly operands: readonly Rule[];
}

const ONE = -1;
const NONE = -2;
const LETTERS = ["m", "k", "n", "p", "q", "i", "o", "t", "f", "c", "hwc"];

/** Operands that may stay postponed: what goes into a max pool, and δ below one (wasm/fused-convolutions.ts). */
const MAY_WAIT: Readonly<Record<string, readonly string[]>> = {
  activate: ["z"],
  maxPool: ["x"],
  maxPoolBackward: ["x"],
  activateBackward: ["dA", "z", "a"],
  meanPositions: ["delta"],
  convolveOuter: ["delta"],
  convolveBackward: ["delta"],
};

/** Operands whose numbers are changed in place. */
const CHANGED: Readonly<Record<string, readonly string[]>> = {
  sgd: ["W"],
  momentum: ["W", "v"],
  adam: ["W", "m", "v"],
  rootSquare: ["W", "v"],
  moveStatistic: ["statistic"],
  addSign: ["dW"],
  clip: ["dW"],
  limitColumns: ["W"],
  average: ["A"],
};

/** A backend is told before numbers change: it may have postponed what they are needed for. */
interface Told {
  willChange(matrix: Matrix): void;
}

/** The checks of every operation. */
export const rules = Object.fromEntries(
  Object.entries<Operands>(operandsOf).map(([operation, operands]) => [
    operation,
    { operation, operands: Object.entries(operands).map((operand) => ruleOf(operation, ...operand)) },
  ]),
) as unknown as Readonly<Record<OperationName, Rules>>;

function ruleOf(operation: string, name: string, [rows, columns, or]: Operands[string]): Rule {
  const number = (length: string | number | undefined) =>
    length === undefined ? NONE : length === 1 ? ONE : LETTERS.indexOf(String(length));
  return {
    name,
    rows: number(rows),
    columns: number(columns),
    or,
    mayWait: MAY_WAIT[operation]?.includes(name) ?? false,
    isChanged: CHANGED[operation]?.includes(name) ?? false,
  };
}

/** What each letter stands for in the check under way; 0 before it was met. No length is 0. */
const lengths = LETTERS.map(() => 0);

/** Throws an ArgumentError for an operand of another backend, a ShapeError for shapes that do not meet. */
export function check(
  { operation, operands }: Rules,
  backend: Told,
  first: Matrix,
  second?: Matrix | Labels,
  third?: Matrix,
  fourth?: Matrix,
  fifth?: Matrix,
  sixth?: Matrix,
): void {
  for (let i = 0; i < lengths.length; i++) lengths[i] = 0;
  checkOperand(operation, operands[0], backend, first);
  if (operands.length > 1) checkOperand(operation, operands[1], backend, second);
  if (operands.length > 2) checkOperand(operation, operands[2], backend, third);
  if (operands.length > 3) checkOperand(operation, operands[3], backend, fourth);
  if (operands.length > 4) checkOperand(operation, operands[4], backend, fifth);
  if (operands.length > 5) checkOperand(operation, operands[5], backend, sixth);
}

function checkOperand(operation: OperationName, rule: Rule, backend: Told, operand: Matrix | Labels | undefined): void {
  if (operand instanceof Matrix) {
    if (rule.columns === NONE) refuseKind(operation, rule, operand);
    if (rule.or !== "or pixels" && operand.isPixels) refusePixels(operation, rule);
    checkOwner(operation, rule.name, backend, operand);
    if (operand.postponed !== undefined && !rule.mayWait) (operand as CpuMatrix).settle();
    if (rule.isChanged) backend.willChange(operand);
    checkLength(operation, rule, operand, rule.rows, operand.rows);
    checkLength(operation, rule, operand, rule.columns, operand.columns);
  } else if (operand instanceof Labels && (rule.columns === NONE || rule.or === "or labels")) {
    checkLength(operation, rule, operand, rule.rows, operand.rows);
  } else {
    refuseKind(operation, rule, operand);
  }
}

/** Throws a ShapeError unless rows of so many numbers are whole positions of so many channels. */
export function checkChannels(where: string, numbers: number, channels: number): void {
  if (!isLength(channels)) throw new ArgumentError(where, "a whole number of channels from 1 up", shown(channels));
  if (numbers % channels === 0) return;
  throw new ShapeError(where, `rows of a multiple of ${channels} numbers (the channels)`, String(numbers));
}

/** Throws an ArgumentError for a matrix of another backend, or one whose memory was given back. */
export function checkOwner(operation: string, name: string, backend: object, matrix: Matrix): void {
  if (matrix.owner === backend && !matrix.isReleased) return;
  const where = `${operation}, ${name}`;
  if (matrix.owner !== backend) {
    throw new ArgumentError(where, "a matrix of this backend", "one of another", "Make it with the same backend.");
  }
  const advice = "Do not use a network after model.close(), nor a step's matrices after the step.";
  throw new ArgumentError(where, "a matrix in use", "one that has been released", advice);
}

function checkLength(
  operation: OperationName,
  rule: Rule,
  operand: Matrix | Labels,
  letter: number,
  length: number,
): void {
  if (letter === NONE) return;
  const wanted = letter === ONE ? 1 : lengths[letter];
  if (wanted === 0) lengths[letter] = length;
  else if (wanted !== length) refuseShape(operation, rule, operand);
}

function refuseShape(operation: OperationName, { name, rows, columns }: Rule, operand: Matrix | Labels): never {
  const known = (letter: number, given: number) => (letter === ONE ? 1 : lengths[letter] || given);
  const [expected, got] =
    operand instanceof Matrix
      ? [
          [known(rows, operand.rows), known(columns, operand.columns)],
          [operand.rows, operand.columns],
        ]
      : [[known(rows, operand.rows)], [operand.rows]];
  const all = Object.entries<Operands[string]>(operandsOf[operation]).map(
    ([other, [m, n]]) => `${other} ${n ? `${m} × ${n}` : m}`,
  );
  throw new ShapeError(`${operation}, ${name}`, `${shapeText(expected)} (${all.join(", ")})`, shapeText(got));
}

function refuseKind(operation: OperationName, rule: Rule, operand: unknown): never {
  const expected = rule.columns === NONE ? "labels" : rule.or === "or labels" ? "labels or a matrix" : "a matrix";
  const got = operand instanceof Matrix ? "a matrix" : operand instanceof Labels ? "labels" : typeof operand;
  throw new ArgumentError(`${operation}, ${rule.name}`, expected, got);
}

function refusePixels(operation: OperationName, rule: Rule): never {
  throw new ArgumentError(`${operation}, ${rule.name}`, "numbers", "pixels", "Call unpack first.");
}

/** Throws unless a matrix that a result goes into is this backend's, in use, and of its shape; then it will change. */
export function checkPlace(operation: string, backend: Told, rows: number, columns: number, into: Matrix): void {
  checkOwner(operation, "into", backend, into);
  if (into.rows !== rows || into.columns !== columns) {
    throw new ShapeError(`${operation}, into`, `${rows} × ${columns}`, `${into.rows} × ${into.columns}`);
  }
  backend.willChange(into);
}

/** Throws an ArgumentError unless rows and columns are whole numbers from 1 up. */
export function checkSize(where: string, rows: number, columns: number): void {
  if (isLength(rows) && isLength(columns)) return;
  throw new ArgumentError(where, "whole numbers of rows and columns from 1 up", `${shown(rows)} × ${shown(columns)}`);
}

/** Throws an ArgumentError unless a data set's numbers are whole rows of so many columns. */
export function checkData(where: string, numbers: Uint8Array | Float32Array, columns: number): void {
  const isBytes = where !== "table";
  if (!(isBytes ? numbers instanceof Uint8Array : numbers instanceof Float32Array)) {
    throw new ArgumentError(where, isBytes ? "a Uint8Array" : "a Float32Array", shown(numbers));
  }
  if (isLength(columns) && numbers.length > 0 && numbers.length % columns === 0) return;
  const got = `${numbers.length} numbers in ${shown(columns)} columns`;
  throw new ArgumentError(where, "whole rows, at least one", got);
}

/** Throws an ArgumentError unless order[start] … order[start + rows − 1] are rows of the data. */
export function checkRows(data: Matrix, order: Uint32Array, start: number, rows: number): void {
  if (!(isLength(start + 1) && isLength(rows) && start + rows <= order.length)) {
    throw new ArgumentError(
      "select",
      `rows within an order of ${order.length}`,
      `${shown(rows)} from ${shown(start)} on`,
    );
  }
  for (let i = start; i < start + rows; i++) {
    if (order[i] < data.rows) continue;
    throw new ArgumentError("select", `rows from 0 to ${data.rows - 1}`, String(order[i]));
  }
}

/**
 * Throws unless a window without gaps is one of the images x, and what comes out has the size of δ. Returns how many
 * numbers come out of an image.
 */
export function checkPool(where: string, window: Window, x: Matrix | undefined, delta?: Matrix): number {
  checkWindow(where, window, x?.columns ?? imageSize(window));
  const { dilationY, dilationX, outHeight, outWidth, channels } = window;
  if (dilationY !== 1 || dilationX !== 1) {
    throw new ArgumentError(where, "a window without gaps (dilation 1)", shapeText([dilationY, dilationX]));
  }
  const outputs = positions(window) * channels;
  if (delta === undefined || delta.columns === outputs) return outputs;
  const expected = `${outputs} columns (${shapeText([outHeight, outWidth, channels])})`;
  throw new ShapeError(`${where}, delta`, expected, String(delta.columns));
}

/** Throws an ArgumentError unless there is an activation of that name. */
export function checkActivation(where: string, activation: string): void {
  if (!Object.hasOwn(kinked, activation)) checkName(where, "activation", activation, Object.keys(kinked));
}
