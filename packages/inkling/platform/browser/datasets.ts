/** Data sets over the network: MNIST, and any address under which the four IDX files lie. */
import type { ClassOptions } from "../../src/data/pair.ts";
import { collectIdx, type PairOptions, readPair } from "../../src/formats/index.ts";
import { DataError, type DataPair, FileError } from "../../src/index.ts";
import { checkOptions } from "../../src/options.ts";

/**
 * MNIST: 60,000 images to learn from, 10,000 to be tested on, from the four files (plain or .gz) under the address
 * `base`, with every file's digest checked (where there is https, which digests need). Throws a FileError for a file
 * that cannot be fetched, a DataError for one that is not the original.
 *
 * @example
 * const { train, test } = await mnist("/mnist");
 */
export async function mnist(base: string | URL, options: ClassOptions = {}): Promise<DataPair> {
  checkOptions("mnist", options, ["classes"]);
  return fetchPair(base, { ...options, name: "MNIST", isMnist: true });
}

/**
 * A data set from the four IDX files under MNIST's names (`train-images-idx3-ubyte` …, plain or .gz) under the address
 * `base`. The labels say how many classes there are, unless `classes` does. Throws a FileError for a file that cannot
 * be fetched, a DataError for one that is not what it should be.
 *
 * @example
 * const { train, test } = await idxUrl("/fashion-mnist");
 */
export async function idxUrl(base: string | URL, options: ClassOptions = {}): Promise<DataPair> {
  checkOptions("idxUrl", options, ["classes"]);
  return fetchPair(base, { ...options, name: String(base), isMnist: false });
}

async function fetchPair(base: string | URL, options: PairOptions): Promise<DataPair> {
  const directory = String(base).replace(/\/*$/, "/");
  return readPair(async (wanted, dimensions) => {
    const plain = directory + wanted;
    const found = (await fetchWhole(plain)) ?? (await fetchWhole(`${plain}.gz`));
    if (found === undefined) throw new FileError(directory, `a file ${wanted} (or ${wanted}.gz)`, "none");
    // The first bytes decide, not the name: a server may have unpacked the file already. IDX files begin with 0.
    const isPacked = found[0] === 0x1f && found[1] === 0x8b;
    return { bytes: isPacked ? await collectIdx(unpacked(found, plain), dimensions, plain) : found, name: plain };
  }, options);
}

/** The bytes under an address; undefined where the server has none. Throws a FileError for every other failure. */
async function fetchWhole(url: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const fail = (got: string) => new FileError(url, "a file that can be fetched", got);
  const answer = await fetch(url).catch(() => {
    throw fail("no answer");
  });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw fail(`status ${answer.status}`);
  const bytes = await answer.arrayBuffer().catch(() => {
    throw fail("half an answer");
  });
  return new Uint8Array(bytes);
}

/**
 * The bytes before gzip, piece by piece as they are asked for: when no more are asked for, nothing more is unpacked.
 */
async function* unpacked(bytes: Uint8Array<ArrayBuffer>, url: string): AsyncGenerator<Uint8Array> {
  const stream: ReadableStream<Uint8Array> = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  // A reader, as not every browser can loop over a stream.
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw new DataError(url, "gzip data", "something else (is it truncated?)", "Nothing was loaded.");
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
