/**
 * A directory of checkpoints: written so that a power cut at any moment leaves the one before whole, the last few kept,
 * for one process at a time.
 *
 *   checkpoint-000041.safetensors   the older ones have the smaller numbers
 *   checkpoint-000042.safetensors
 *   lock                            which process writes here (lock.ts)
 */
import { mkdir, readdir, rmdir, stat, unlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Checkpoint, type DecodeOptions, decodeCheckpoint, isWholeCheckpoint } from "../../src/formats/index.ts";
import { ArgumentError, FileError, InklingError } from "../../src/index.ts";
import { checkOptions } from "../../src/options.ts";
import { checkPath, MAX_FILE, readWhole, reasonOf, syncDirectory, writeWhole } from "./files.ts";
import { checkFree, Lock } from "./lock.ts";

/** How many checkpoints are kept if nothing else is said. */
const KEPT = 3;
const NAME = /^checkpoint-(\d{6,15})\.safetensors$/;
/** What is left where a process was killed while it wrote. */
const UNFINISHED = /^\.checkpoint-\d+\.safetensors\.[0-9a-f]+\.tmp$/;
const UNFINISHED_LOCK = /^\.lock\.[0-9a-f]+\.tmp$/;
const LOCK = "lock";

/** A checkpoint, where it was found, and what could not be used before it was. */
export interface FoundCheckpoint extends Checkpoint {
  readonly path: string;
  /** Newer ones that are damaged, or cannot be read, with the sentences that say why. */
  readonly damaged: readonly { readonly path: string; readonly message: string }[];
}

/** The paths of the checkpoints in a directory, the newest first. Throws a FileError where there is no directory. */
export async function listCheckpoints(directory: string): Promise<string[]> {
  checkPath("listCheckpoints", directory);
  const numbers = await numbersIn(directory);
  return numbers.map((number) => pathOf(directory, number));
}

/**
 * The newest checkpoint of a directory that is whole, or that of a file. Throws a FileError where there is none, a
 * ModelFileError for a file that is damaged, and for one from a newer Inkling.
 */
export async function loadCheckpoint(
  path: string,
  options: Omit<DecodeOptions, "name"> = {},
): Promise<FoundCheckpoint> {
  checkPath("loadCheckpoint", path);
  checkOptions("loadCheckpoint", options, ["backend", "kinds"]);
  const isDirectory = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const paths = isDirectory ? await listCheckpoints(path) : [path];
  const damaged: { path: string; message: string }[] = [];
  for (const file of paths) {
    let bytes: Uint8Array<ArrayBuffer> | undefined;
    try {
      bytes = await readWhole(file);
      return { ...(await decodeCheckpoint(bytes, { ...options, name: basename(file) })), path: file, damaged };
    } catch (error) {
      // One that is whole and cannot be used is from a newer Inkling: an older one is not what was asked for.
      const isDamaged = error instanceof InklingError && !(bytes && (await isWholeCheckpoint(bytes)));
      if (!isDirectory || !isDamaged) throw error;
      damaged.push({ path: file, message: error.message });
    }
  }
  const got = damaged.length === 0 ? "none" : `${damaged.length} that cannot be used`;
  const advice = damaged[0]?.message ?? "";
  throw new FileError(path, "a directory with a checkpoint", got, advice);
}

export interface CheckpointsOptions {
  /** How many checkpoints are kept; 3 if absent. */
  readonly keep?: number;
  /** Whether the directory has to be new, or empty; false if absent. */
  readonly isNew?: boolean;
}

/** A directory of checkpoints that this process writes to. */
export class Checkpoints {
  readonly path: string;
  readonly #lock: Lock;
  readonly #keep: number;
  #next: number;
  /** Those that are whole, as far as is known, the oldest first. */
  readonly #whole: number[];
  /** Whether the directory was made for them. */
  readonly #isMade: boolean;

  private constructor(path: string, lock: Lock, keep: number, numbers: readonly number[], isMade: boolean) {
    this.path = path;
    this.#lock = lock;
    this.#keep = keep;
    this.#isMade = isMade;
    this.#next = Math.max(0, ...numbers) + 1;
    this.#whole = numbers.toSorted((a, b) => a - b);
  }

  /**
   * Makes the directory if there is none, and takes its lock. Throws a FileError if it cannot be written, if another
   * process uses it, or if it has to be new and is not.
   */
  static async open(path: string, options: CheckpointsOptions = {}): Promise<Checkpoints> {
    checkPath("Checkpoints.open", path);
    checkOptions("Checkpoints.open", options, ["keep", "isNew"]);
    const { keep = KEPT, isNew = false } = options;
    if (!Number.isSafeInteger(keep) || keep < 1) {
      throw new ArgumentError("Checkpoints.open", "keep to be a whole number of at least 1", String(keep));
    }
    let isMade = false;
    try {
      isMade = (await mkdir(path, { recursive: true })) !== undefined;
      if (isMade) await syncDirectory(join(path, ".."));
    } catch (error) {
      throw new FileError(path || '""', "a directory that can be written", reasonOf(error));
    }
    const lock = await Lock.take(join(path, LOCK));
    try {
      const numbers = await numbersIn(path);
      if (isNew && numbers.length > 0) {
        throw new FileError(path, "a directory without checkpoints", `one with ${numbers.length}`);
      }
      await removeUnfinished(path);
      return new Checkpoints(path, lock, keep, numbers, isMade);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Whether it still belongs to this process. */
  isOurs(): boolean {
    return this.#lock.isOurs();
  }

  /** Takes all but the newest away, where a disk is full. Whether there were any. */
  async makeRoom(): Promise<boolean> {
    const old = this.#whole.splice(0, this.#whole.length - 1);
    for (const number of old) await unlink(pathOf(this.path, number)).catch(() => {});
    return old.length > 0;
  }

  /** Says that checkpoints are damaged: they no longer count among those that are kept. */
  distrust(paths: readonly string[]): void {
    for (const path of paths) {
      const at = this.#whole.indexOf(Number(NAME.exec(basename(path))?.[1]));
      if (at !== -1) this.#whole.splice(at, 1);
    }
  }

  /**
   * Writes a checkpoint as one act, and takes away those that are too many. On a full disk the older ones make room,
   * but never the last. Returns its path. Throws a FileError if it cannot be written; those before it stay.
   */
  async write(bytes: Uint8Array): Promise<string> {
    if (!this.#lock.isOurs()) {
      const got = "one that another training has taken";
      throw new FileError(this.path, "a directory that no other training uses", got, "Name another directory.");
    }
    if (bytes.length > MAX_FILE) {
      throw new FileError(this.path, `checkpoints of at most ${MAX_FILE} bytes`, `${bytes.length} bytes`);
    }
    const path = pathOf(this.path, this.#next);
    await this.#written(path, bytes);
    this.#whole.push(this.#next);
    this.#next++;
    await this.#prune();
    return path;
  }

  async #written(path: string, bytes: Uint8Array): Promise<void> {
    for (;;) {
      try {
        return await writeWhole(path, bytes);
      } catch (error) {
        const isFull = error instanceof InklingError && error.got === "a full disk";
        if (!isFull || this.#whole.length < 2) throw error;
        await unlink(pathOf(this.path, this.#whole.shift() ?? 0)).catch(() => {});
      }
    }
  }

  /** Keeps the newest ones that are whole, and what lies between them. */
  async #prune(): Promise<void> {
    if (this.#whole.length < this.#keep) return;
    const oldest = this.#whole[this.#whole.length - this.#keep] ?? 0;
    for (const number of await numbersIn(this.path)) {
      if (number < oldest) await unlink(pathOf(this.path, number)).catch(() => {});
    }
    this.#whole.splice(0, this.#whole.length - this.#keep);
  }

  /** Gives the directory back; the checkpoints stay. One that was made for them and holds nothing is taken away. */
  async close(): Promise<void> {
    await this.#lock.release();
    if (this.#isMade) await rmdir(this.path).catch(() => {});
  }

  /** Takes the checkpoints away, and the directory if nothing else is in it. */
  async remove(): Promise<void> {
    if (this.#lock.isOurs()) {
      for (const number of await numbersIn(this.path)) await unlink(pathOf(this.path, number)).catch(() => {});
      await removeUnfinished(this.path);
    }
    await this.#lock.release();
    await rmdir(this.path).catch(() => {});
  }
}

/** Throws a FileError if a process that lives uses the directory. Nothing is changed. */
export async function checkUnused(directory: string): Promise<void> {
  await checkFree(join(directory, LOCK));
}

function pathOf(directory: string, number: number): string {
  return join(directory, `checkpoint-${String(number).padStart(6, "0")}.safetensors`);
}

/** The numbers of a directory's checkpoints, the largest first. */
async function numbersIn(directory: string): Promise<number[]> {
  try {
    const names = await readdir(directory);
    const numbers = names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
    return numbers.sort((a, b) => b - a);
  } catch (error) {
    throw new FileError(directory || '""', "a directory with checkpoints", reasonOf(error));
  }
}

/** Takes away what killed processes left: half a checkpoint, which only the owner of the lock writes, half a lock. */
async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const isOld = async () => Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now()) > 60_000;
    if (UNFINISHED.test(name) || (UNFINISHED_LOCK.test(name) && (await isOld()))) await unlink(path).catch(() => {});
  }
}
