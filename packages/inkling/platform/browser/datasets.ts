/** Data sets over the network: MNIST, and any address under which the four IDX files lie. */
import { DataError, type DataPair, FileError, type PairOptions, readPair } from "../../src/index.ts";

/**
 * MNIST: 60,000 images to learn from, 10,000 to be tested on, from the four files (plain or .gz) under the address
 * `base`, with every file's digest checked (where there is https, which digests need). Throws a FileError for a file
 * that cannot be fetched, a DataError for one that is not the original.
 */
export async function mnist(base: string | URL): Promise<DataPair> {
  return fetchPair(base, { name: "MNIST", classes: 10, isMnist: true });
}

/**
 * A data set from the four IDX files under MNIST's names (`train-images-idx3-ubyte` …, plain or .gz) under the address
 * `base`. `classes`: labels go from 0 to classes − 1. Throws a FileError for a file that cannot be fetched, a DataError
 * for one that is not what it should be.
 */
export async function idxUrl(base: string | URL, classes = 10): Promise<DataPair> {
  return fetchPair(base, { name: String(base), classes, isMnist: false });
}

async function fetchPair(base: string | URL, options: PairOptions): Promise<DataPair> {
  const directory = String(base).replace(/\/*$/, "/");
  return readPair(async (wanted) => {
    const plain = directory + wanted;
    const found = (await fetchWhole(plain)) ?? (await fetchWhole(`${plain}.gz`));
    if (found === undefined) throw new FileError(directory, `a file ${wanted} (or ${wanted}.gz)`, "none");
    return { bytes: await unpacked(found, plain), name: plain };
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
 * The bytes as they were before gzip. What they begin with tells, not their name: a server may have had them unpacked
 * on the way. IDX files begin with 0.
 */
async function unpacked(bytes: Uint8Array<ArrayBuffer>, url: string): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new DataError(url, "gzip data", "something else (is it truncated?)", "Nothing was loaded.");
  }
}
