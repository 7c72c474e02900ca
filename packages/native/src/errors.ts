/** The error of this package. Its grammar is the library's: where: expected E, got G. What to do. */

/**
 * Code that cannot be written as asked: a register too many, a number that does not fit, a label that is nowhere.
 * It is a mistake of whoever wrote the kernel, and it is thrown while the code is written, before any of it runs.
 */
export class AssemblyError extends Error {
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  readonly advice: string;

  constructor(where: string, expected: string, got: string, advice = "") {
    super(`${where}: expected ${expected}, got ${got}.${advice && ` ${advice}`}`);
    this.name = "AssemblyError";
    this.where = where;
    this.expected = expected;
    this.got = got;
    this.advice = advice;
  }
}

/**
 * The number, if it is a whole one from `least` to `most`; throws an AssemblyError otherwise. Nothing that has not come
 * through here becomes part of an instruction.
 */
export function checked(where: string, what: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new AssemblyError(where, `${what} to be a whole number from ${least} to ${most}`, String(value));
}
