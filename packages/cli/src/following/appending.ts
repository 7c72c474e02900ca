/**
 * A file that grows while a command runs, so that others can follow it: what is appended is in the file at once. A disk
 * that is full, or a file that has become unwritable, is said once, and the work goes on. What could not be written is
 * kept, and written with what comes next if there is room again; what is more than can be kept is given up, with all
 * that comes after it. So a file never has half a piece, nor lacks one inside.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { FileError } from "inkling";
import { reasonOf } from "inkling/node";
import { printable } from "../printable.ts";

/** A link is not followed (not on Windows, which has no such flag). */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

/** What is kept at most while nothing can be written, in bytes. */
const MOST_KEPT = 2 ** 26;

export class Appending {
  readonly path: string;
  readonly #file: number;
  /** What goes without it, for the sentence: "The training goes on without it." */
  readonly #goesOn: string;
  #waiting: Uint8Array[] = [];
  #hasSaid = false;
  /** More was waiting than is kept: the file ends before it. */
  #isGivenUp = false;

  private constructor(path: string, file: number, goesOn: string) {
    this.path = path;
    this.#file = file;
    this.#goesOn = goesOn;
  }

  /** Opens a file to append to, or makes one. Throws a FileError for what cannot be written or is no file. */
  static open(path: string, goesOn: string): Appending {
    const expected = "a file that can be written";
    if (path === "") throw new FileError('""', expected, "no name", "Name a file.");
    let file: number;
    try {
      file = openSync(path, FLAGS, 0o666);
    } catch (error) {
      const isLink = (error as NodeJS.ErrnoException).code === "ELOOP";
      throw new FileError(path, expected, isLink ? "a link" : reasonOf(error));
    }
    if (fstatSync(file).isFile()) return new Appending(path, file, goesOn);
    closeSync(file);
    throw new FileError(path, expected, "a device");
  }

  /** What the file begins with and ends with, so many bytes at most. */
  ends(most: number): { readonly first: Uint8Array; readonly last: Uint8Array } {
    const { size } = fstatSync(this.#file);
    const length = Math.min(most, size);
    const [first, last] = [new Uint8Array(length), new Uint8Array(length)];
    readSync(this.#file, first, 0, length, 0);
    readSync(this.#file, last, 0, length, size - length);
    return { first, last };
  }

  /** Appends; what cannot be written now is kept for the next time. Never throws. */
  append(bytes: Uint8Array): void {
    if (this.#isGivenUp) return;
    this.#waiting.push(bytes);
    try {
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        this.#write(next);
        this.#waiting.shift();
      }
    } catch (error) {
      if (this.#waiting.reduce((sum, { length }) => sum + length, 0) > MOST_KEPT) {
        this.#isGivenUp = true;
        this.#waiting = [];
      }
      if (this.#hasSaid) return;
      this.#hasSaid = true;
      const expected = "a file that can be written";
      console.error(printable(`${new FileError(this.path, expected, reasonOf(error)).message} ${this.#goesOn}`));
    }
  }

  /** Closes the file. Whether all is in it. */
  close(): boolean {
    if (this.#waiting.length > 0) this.append(new Uint8Array());
    try {
      closeSync(this.#file);
    } catch {
      return false;
    }
    return this.#waiting.length === 0 && !this.#isGivenUp;
  }

  /** The whole piece, or nothing of it. */
  #write(bytes: Uint8Array): void {
    const { size } = fstatSync(this.#file);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      ftruncateSync(this.#file, size);
      throw error;
    }
  }
}
