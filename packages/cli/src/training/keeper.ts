/**
 * Keeps the checkpoints of one training: when one is due, where it goes, and what is said when it cannot be written. A
 * training never ends because of it.
 *
 * Without `--checkpoint` they stand in MODEL.checkpoint/ beside the model, or where that is somebody else's in
 * MODEL.checkpoint-2/; nothing is made before the first one is due, and they are taken away when the model is saved.
 */
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { FileError, InklingError, type Progress } from "inkling";
import { Checkpoints, checkUnused, listCheckpoints } from "inkling/node";
import { printable } from "../printable.ts";
import { clearLine } from "../progress.ts";
import { prefix, quoted } from "../report/next.ts";
import { type Every, isDue } from "./every.ts";

/** Makes the bytes of a checkpoint of where the training stands. */
type Encode = () => Promise<Uint8Array>;

/** So many directories beside a model are looked at. */
const MOST = 1000;

export class Keeper {
  readonly #every: Every;
  /** The model's file, for directories beside it; undefined where the directory was named. */
  readonly #beside: string | undefined;
  readonly #named: string | undefined;
  #checkpoints: Checkpoints | undefined;
  #hasFailed = false;
  #hasWritten = false;
  #last = performance.now();
  #cost = 0;

  private constructor(every: Every, beside: string | undefined, checkpoints?: Checkpoints) {
    this.#every = every;
    this.#beside = beside;
    this.#checkpoints = checkpoints;
    this.#named = beside === undefined ? checkpoints?.path : undefined;
  }

  /** In a directory that was named, which has to be new. Throws a FileError where it is not, or cannot be written. */
  static async into(directory: string, every: Every): Promise<Keeper> {
    try {
      return new Keeper(every, undefined, await Checkpoints.open(directory, { isNew: true }));
    } catch (error) {
      if (!(error instanceof FileError) || !isTaken(error, "a directory without checkpoints")) throw error;
      const advice = `To go on with them: ${resumeCommand(directory)}`;
      throw new FileError(directory, error.expected, error.got, advice);
    }
  }

  /** Beside a model's file. */
  static beside(out: string, every: Every): Keeper {
    return new Keeper(every, out);
  }

  /** In the directory that a training goes on from. `beside`: the model's file, if the directory was not named. */
  static goingOn(checkpoints: Checkpoints, every: Every, beside?: string): Keeper {
    const keeper = new Keeper(every, beside, checkpoints);
    keeper.#hasWritten = true;
    return keeper;
  }

  /** Whether its directory was not named. */
  get isBeside(): boolean {
    return this.#beside !== undefined;
  }

  /** The command that goes on from what was written last; undefined where nothing was. */
  get command(): string | undefined {
    return this.#hasWritten && this.#checkpoints ? resumeCommand(this.#checkpoints.path) : undefined;
  }

  /** Before the first step: one where the directory was named. */
  async begin(encode: Encode): Promise<void> {
    this.#last = performance.now();
    if (this.#beside === undefined) await this.write(encode);
  }

  /** After a step: one if it is due. */
  async after(progress: Progress, encode: Encode): Promise<void> {
    const seconds = (performance.now() - this.#last) / 1000;
    if (isDue(this.#every, progress, { seconds, cost: this.#cost })) await this.write(encode);
  }

  /** Writes one now. Whether it could; that it cannot be written is said once, and when it can be again. */
  async write(encode: Encode): Promise<boolean> {
    const started = performance.now();
    try {
      this.#checkpoints ??= await this.#opened();
      await this.#checkpoints.write(await encode());
      this.#hasWritten = true;
      if (this.#hasFailed) tell(`Checkpoints are written again, into ${this.#checkpoints.path}.`);
      this.#hasFailed = false;
      return true;
    } catch (error) {
      if (!(error instanceof InklingError)) throw error;
      if (!this.#hasFailed) tell(`${error.message} The training goes on; the checkpoint is tried again later.`);
      this.#hasFailed = true;
      await this.#giveUp();
      return false;
    } finally {
      this.#last = performance.now();
      this.#cost = (this.#last - started) / 1000;
    }
  }

  /** A directory that was lost (removed, or taken by another process) is opened anew at the next time. */
  async #giveUp(): Promise<void> {
    if (this.#checkpoints === undefined || this.#checkpoints.isOurs()) return;
    await this.#checkpoints.close();
    this.#checkpoints = undefined;
    this.#hasWritten = false;
  }

  async #opened(): Promise<Checkpoints> {
    if (this.#beside === undefined) return Checkpoints.open(this.#named ?? "");
    // The directory of the model is not made again where it was taken away.
    const above = dirname(this.#beside);
    if (!(await stat(above).catch(() => undefined))?.isDirectory()) {
      throw new FileError(above, "the directory of the model", "nothing there");
    }
    for (let i = 1; ; i++) {
      try {
        return await Checkpoints.open(nameBeside(this.#beside, i), { isNew: true });
      } catch (error) {
        const isOthers = isTaken(error, "a directory without checkpoints", "a directory that no other training uses");
        if (!isOthers || i === MOST) throw error;
      }
    }
  }

  /** The disk is full and the model needs room: whether older checkpoints could make some. */
  async makeRoom(): Promise<boolean> {
    return (await this.#checkpoints?.makeRoom()) ?? false;
  }

  /**
   * The training is over and its model saved: in a named directory the end is written, so that it can be asked for
   * again; one beside the model is taken away.
   */
  async finish(encode: Encode): Promise<void> {
    if (this.#beside === undefined) await this.write(encode);
    else await this.#checkpoints?.remove();
    await this.close();
  }

  /** Gives the directory back; what was written stays. */
  async close(): Promise<void> {
    await this.#checkpoints?.close();
  }
}

/**
 * What stands beside a model's file already, as sentences: checkpoints of a training that was stopped, or of one that
 * runs; with the command that goes on.
 */
export async function leftBeside(out: string): Promise<string[]> {
  const found: string[] = [];
  for (let i = 1; i <= MOST; i++) {
    const path = nameBeside(out, i);
    const isThere = (await stat(path).catch(() => undefined))?.isDirectory() === true;
    if (!isThere) return found.length === 0 ? [] : [...found, `This one has ${path}.`];
    const isUsed = await checkUnused(path).then(
      () => false,
      () => true,
    );
    const count = await listCheckpoints(path).then(
      ({ length }) => length,
      () => 0,
    );
    if (isUsed) found.push(`Another training is writing into ${path}.`);
    else if (count > 0) found.push(`A training that was stopped is in ${path}; to go on: ${resumeCommand(path)}.`);
    else return found.length === 0 ? [] : [...found, `This one has ${path}.`];
  }
  return found;
}

function nameBeside(out: string, i: number): string {
  return `${out}.checkpoint${i === 1 ? "" : `-${i}`}`;
}

function isTaken(error: unknown, ...expected: readonly string[]): boolean {
  return error instanceof FileError && expected.includes(error.expected);
}

/** The command that goes on from a directory, as it can be pasted. */
export function resumeCommand(path: string): string {
  return `${prefix()}inkling train --resume ${quoted(path)}`;
}

function tell(sentence: string): void {
  clearLine();
  console.error(printable(sentence));
}
