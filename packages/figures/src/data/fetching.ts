/**
 * Files of the site: fetched, unpacked, and every failure said in one sentence. A page that was opened from a disk may
 * fetch nothing: it brings its files along, `globalThis.inklingFiles`, as base64 by their names.
 */
import { nextTurn } from "../session/turn.ts";
import { words } from "./words.ts";

/** A file that could not be loaded, or is not what it should be: one sentence. */
export class LoadError extends Error {
  override readonly name = "LoadError";
}

export interface LoadOptions {
  /** Gives up: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Is told how many bytes of a file have come, each time that more have. */
type Watch = (bytes: number) => void;

/** The bytes under an address, unpacked where they are gzip data. Throws a LoadError. */
export async function fetchBytes(
  url: string,
  signal: AbortSignal,
  watch: Watch = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const name = fileName(url);
  const failing = (message: (name: string) => string) => (cause: unknown) => {
    signal.throwIfAborted();
    throw new LoadError(message(name), { cause });
  };
  const brought = (globalThis as { inklingFiles?: Readonly<Record<string, string>> }).inklingFiles?.[name];
  let bytes: Uint8Array<ArrayBuffer>;
  if (brought === undefined) {
    const { body, status, ok } = await fetch(url, { signal }).catch(failing(words().unreachable));
    if (!ok || body === null) throw new LoadError(words().refused(name, String(status)));
    bytes = await collected(body, watch).catch(failing(words().cut));
  } else {
    bytes = Uint8Array.from(atob(brought), (letter) => letter.charCodeAt(0));
  }
  // The first bytes decide, not the name: a server may say that a file is packed, and then the browser unpacks it.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  return collected(inPieces(bytes).pipeThrough(new DecompressionStream("gzip"))).catch(failing(words().damaged));
}

/** So many packed bytes are unpacked in one task: about 10 ms on a slow telephone. */
const PIECE = 2 ** 15;

/** The bytes, a piece in each task: unpacking all at once would keep the page from answering. */
function inPieces(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      await nextTurn();
      controller.enqueue(bytes.subarray(at, at + PIECE));
      at += PIECE;
      if (at >= bytes.length) controller.close();
    },
  });
}

/** A file's name with its directory: digits/test-0.gz */
export function fileName(url: string): string {
  return url.split("/").slice(-2).join("/");
}

async function collected(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  watch: Watch = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    length += value.length;
    watch(length);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
