/**
 * A file as its reader sees it: its first bytes, which say what it is, and all of them, in pieces or as a whole. Where
 * it is packed by gzip it is unpacked on the way.
 */
import { DataError, InklingError } from "inkling";
import { joined } from "../bytes.ts";

/** A file that is read once, from its beginning. */
export interface FileSource {
  /** What errors and reports call it. */
  readonly name: string;
  /** Its first bytes, unpacked: 65,536 of them, or all. */
  readonly head: Uint8Array;
  /** All of its bytes, unpacked, in pieces. Only once: a stream may not be there twice. */
  pieces(): AsyncIterable<Uint8Array>;
  /**
   * All of its bytes, unpacked. Throws a DataError as soon as there are more than `most` (2³¹ if absent). Only once,
   * and not after `pieces`.
   */
  bytes(most?: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** So many bytes at the beginning say what a file is. */
const HEAD = 1 << 16;
const MOST_BYTES = 2 ** 31;

/** Looks at the first of the bytes that come in these pieces. */
export async function openSource(name: string, pieces: AsyncIterable<Uint8Array>): Promise<FileSource> {
  const opened = await opening(pieces);
  const isPacked = opened.head[0] === 0x1f && opened.head[1] === 0x8b;
  const { head, all } = isPacked ? await opening(unpacked(name, opened.all())) : opened;
  return { name, head, pieces: all, bytes: (most = MOST_BYTES) => collected(name, all(), most) };
}

interface Opening {
  readonly head: Uint8Array;
  all(): AsyncGenerator<Uint8Array>;
}

async function opening(pieces: AsyncIterable<Uint8Array>): Promise<Opening> {
  const iterator = pieces[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let [length, isDone] = [0, false];
  while (length < HEAD && !isDone) {
    const { done, value } = await iterator.next();
    if (done) isDone = true;
    else {
      read.push(value);
      length += value.length;
    }
  }
  const head = joined(read).subarray(0, HEAD);
  async function* all() {
    try {
      yield* read;
      for (let next = isDone ? undefined : await iterator.next(); next && !next.done; next = await iterator.next()) {
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head, all };
}

async function collected(
  name: string,
  pieces: AsyncIterable<Uint8Array>,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const read: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > most) throw new DataError(name, `at most ${most} bytes`, "more", "Nothing was loaded.");
    read.push(piece);
  }
  return joined(read);
}

/** The bytes before gzip, piece by piece as they are asked for. */
async function* unpacked(name: string, packed: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let broken: unknown;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await packed.next();
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value));
      } catch (error) {
        broken = error;
        controller.error(error);
      }
    },
    cancel: async () => {
      await packed.return(undefined);
    },
  });
  // A reader, as not every browser can loop over a stream.
  const reader = stream.pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (broken !== undefined) throw broken;
    if (error instanceof InklingError) throw error;
    throw new DataError(name, "gzip data", "something else (is it truncated?)", "Nothing was loaded.");
  } finally {
    await reader.cancel().catch(() => {});
  }
}
