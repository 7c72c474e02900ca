/** A group whose machines are threads of one process, for tests: what is sent goes through shared memory. */
import type { Group, Pieces } from "inkling/groups";

/** Words before the rooms: how many wait, and how often all have met. */
const WORDS = 2;

/** Memory for a group of so many threads, each of which may send so many bytes at once. */
export function sharedMemory(size: number, bytes = 1 << 23): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * (WORDS + 2 * size * size) + size * bytes);
}

export class ThreadsGroup implements Group {
  readonly rank: number;
  readonly size: number;
  readonly #words: Int32Array;
  readonly #rooms: Uint8Array;
  readonly #room: number;

  constructor(memory: SharedArrayBuffer, rank: number, size: number) {
    this.rank = rank;
    this.size = size;
    this.#words = new Int32Array(memory, 0, WORDS + 2 * size * size);
    this.#rooms = new Uint8Array(memory, this.#words.byteLength);
    this.#room = this.#rooms.length / size;
  }

  barrier(): void {
    const words = this.#words;
    const met = Atomics.load(words, 1);
    if (Atomics.add(words, 0, 1) === this.size - 1) {
      Atomics.store(words, 0, 0);
      Atomics.add(words, 1, 1);
      Atomics.notify(words, 1);
      return;
    }
    while (Atomics.load(words, 1) === met) Atomics.wait(words, 1, met, 1000);
  }

  exchange(sent: Uint8Array, sending: Pieces, received: Uint8Array, receiving: Pieces): void {
    const [words, rooms, room] = [this.#words, this.#rooms, this.#room];
    if (sent.length > room) throw new Error(`A thread sends ${sent.length} bytes, and has room for ${room}.`);
    rooms.set(sent, this.rank * room);
    for (let to = 0; to < this.size; to++) {
      words.set([sending.counts[to], sending.offsets[to]], WORDS + 2 * (this.rank * this.size + to));
    }
    this.barrier();
    for (let from = 0; from < this.size; from++) {
      const [count, offset] = words.subarray(WORDS + 2 * (from * this.size + this.rank));
      const expected = receiving.counts[from];
      if (count !== expected) throw new Error(`Thread ${from} sends ${count} bytes where ${expected} are expected.`);
      const at = from * room + offset;
      received.set(rooms.subarray(at, at + count), receiving.offsets[from]);
    }
    this.barrier();
  }

  gather(own: Uint8Array, all: Uint8Array, pieces: Pieces): void {
    const same = { counts: new Int32Array(this.size).fill(own.length), offsets: new Int32Array(this.size) };
    this.exchange(own, same, all, pieces);
  }
}
