/**
 * MNIST from the site's files, as much of it as is asked for: the first 1,000 test digits are one small file, a
 * training can begin with the first 10,000. What has come is kept, and every file is fetched once for all figures of a
 * page.
 *
 *   digits/digits.json   which file holds which digits (apps/site/tools/digits.js)
 *   digits/NAME.gz       gzip of count × 784 bytes of pixels, then count bytes of labels
 */
import { ArgumentError, Dataset } from "inkling";
import { dataBase, directory } from "./base.ts";
import { fetchBytes, fileName, LoadError, type LoadOptions } from "./fetching.ts";
import { Shared } from "./shared.ts";
import { words } from "./words.ts";

const PIXELS = 784;

type SetName = "test" | "train";

/** One file: digits `from` to `from + count − 1` of a set. */
interface DigitFile {
  readonly name: string;
  readonly set: SetName;
  readonly from: number;
  readonly count: number;
  readonly bytes: number;
}

interface Memory {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** How much has come of the files that were asked for until now. */
export interface LoadProgress {
  readonly bytes: number;
  readonly of: number;
}

export interface Digits {
  /** The first `count` of the 10,000 test digits; all if there are not more. Throws a LoadError. */
  test(count: number, options?: LoadOptions): Promise<Dataset>;
  /** The first `count` of the 60,000 training digits; all if there are not more. Throws a LoadError. */
  train(count: number, options?: LoadOptions): Promise<Dataset>;
  /** How many bytes have to be fetched before there are so many digits: what a button says before it is pressed. */
  missing(set: SetName, count: number, options?: LoadOptions): Promise<number>;
  readonly progress: LoadProgress;
  /** Calls back when more has come, until the function that it returns is called. */
  onProgress(listener: () => void): () => void;
}

const opened = new Map<string, Digits>();

/** The digits under an address; the page's own if absent (base.ts). Nothing is fetched before it is asked for. */
export function openDigits(base: string = dataBase()): Digits {
  const folder = `${directory(base)}digits/`;
  const found = opened.get(folder) ?? new SiteDigits(folder);
  opened.set(folder, found);
  return found;
}

class SiteDigits implements Digits {
  readonly #list: Shared<readonly DigitFile[]>;
  readonly #folder: string;
  readonly #files = new Map<string, Shared<void>>();
  /** By file: how many of its bytes have come. */
  readonly #come = new Map<DigitFile, number>();
  readonly #memory = new Map<string, Memory>();
  readonly #sets = new Map<string, Dataset>();
  readonly #listeners = new Set<() => void>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#list = new Shared(async (signal) => {
      const url = `${folder}digits.json`;
      return filesOf(await fetchBytes(url, signal), fileName(url));
    });
  }

  test(count: number, options?: LoadOptions): Promise<Dataset> {
    return this.#load("test", count, options);
  }

  train(count: number, options?: LoadOptions): Promise<Dataset> {
    return this.#load("train", count, options);
  }

  async missing(set: SetName, count: number, options?: LoadOptions): Promise<number> {
    const needed = await this.#needed(set, count, options);
    return needed.reduce((sum, file) => sum + file.bytes - (this.#come.get(file) ?? 0), 0);
  }

  get progress(): LoadProgress {
    let [bytes, of] = [0, 0];
    for (const [file, come] of this.#come) {
      bytes += come;
      of += file.bytes;
    }
    return { bytes, of };
  }

  onProgress(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The files that hold the first `count` digits of a set. */
  async #needed(set: SetName, count: number, options?: LoadOptions): Promise<readonly DigitFile[]> {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new ArgumentError(`digits, ${set}`, "a whole number of digits from 1 up", String(count));
    }
    const files = await this.#list.result(options);
    return files.filter((file) => file.set === set && file.from < count);
  }

  async #load(set: SetName, count: number, options?: LoadOptions): Promise<Dataset> {
    const needed = await this.#needed(set, count, options);
    await Promise.all(needed.map((file) => this.#file(file).result(options)));
    const there = needed.reduce((sum, file) => sum + file.count, 0);
    const whole = this.#kept(set, there, () => this.#joined(set, needed));
    return count >= there ? whole : this.#kept(set, count, () => whole.take(count));
  }

  /** The same data set for the same count: a backend that has seen it knows it again. */
  #kept(set: SetName, count: number, make: () => Dataset): Dataset {
    const key = `${set} ${count}`;
    const dataset = this.#sets.get(key) ?? make();
    this.#sets.set(key, dataset);
    return dataset;
  }

  #file(file: DigitFile): Shared<void> {
    const found = this.#files.get(file.name) ?? new Shared<void>((signal) => this.#fetch(file, signal));
    this.#files.set(file.name, found);
    return found;
  }

  async #fetch(file: DigitFile, signal: AbortSignal): Promise<void> {
    const tell = (bytes: number) => {
      this.#come.set(file, Math.min(bytes, file.bytes));
      for (const listener of this.#listeners) listener();
    };
    tell(0);
    const bytes = await fetchBytes(this.#folder + file.name, signal, tell);
    const expected = file.count * (PIXELS + 1);
    if (bytes.length !== expected) {
      throw new LoadError(words().wrongSize(`digits/${file.name}`, String(expected), String(bytes.length)));
    }
    const cut = file.count * PIXELS;
    this.#memory.set(file.name, { pixels: bytes.subarray(0, cut), labels: bytes.slice(cut) });
    tell(file.bytes);
  }

  /** All digits of these files. One file keeps its own memory, so that no more than that is sent to a worker. */
  #joined(set: SetName, files: readonly DigitFile[]): Dataset {
    const parts = files.map((file) => ({ ...file, ...(this.#memory.get(file.name) as Memory) }));
    const [only] = parts;
    if (only !== undefined && parts.length === 1) return datasetOf(set, only);
    const count = parts.reduce((sum, part) => sum + part.count, 0);
    const all = { pixels: new Uint8Array(count * PIXELS), labels: new Uint8Array(count) };
    for (const { name, from, count, pixels, labels } of parts) {
      all.pixels.set(pixels, from * PIXELS);
      all.labels.set(labels, from);
      // Its own memory is not needed any more.
      const own = { pixels: all.pixels.subarray(from * PIXELS, (from + count) * PIXELS), labels };
      this.#memory.set(name, own);
    }
    return datasetOf(set, all);
  }
}

function datasetOf(set: SetName, { pixels, labels }: Memory): Dataset {
  return new Dataset({ name: `MNIST ${set}`, shape: [28, 28, 1], inputs: pixels, labels, classes: 10 });
}

/** The list of files, checked: each set's begin at 0 and leave no gap. Throws a LoadError. */
function filesOf(bytes: Uint8Array, name: string): readonly DigitFile[] {
  const refused = (cause?: unknown) => new LoadError(words().wrongList(name), { cause });
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw refused(error);
  }
  const files = (found as { files?: unknown } | null)?.files;
  if (!Array.isArray(files) || !files.every(isDigitFile)) throw refused();
  const next = { test: 0, train: 0 };
  for (const { set, from, count } of files) {
    if (from !== next[set]) throw refused();
    next[set] += count;
  }
  if (next.test === 0 || next.train === 0) throw refused();
  return files;
}

function isDigitFile(file: Partial<DigitFile> | null): file is DigitFile {
  const { name, set, from, count, bytes } = file ?? {};
  const isNamed = typeof name === "string" && /^[\w-]+\.gz$/.test(name);
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
  return (
    isNamed && (set === "test" || set === "train") && (from === 0 || isCount(from)) && isCount(count) && isCount(bytes)
  );
}
