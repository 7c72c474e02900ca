/**
 * NumPy's legacy generator: the 32-bit Mersenne twister MT19937 (Matsumoto and Nishimura 1998), seeded, drawn and
 * shuffled as `np.random.seed`, `rand` and `shuffle` do it. The original program starts from it, so with the same
 * seed we start from the same weights and the same order of the rows.
 */
import { ArgumentError } from "../errors.ts";

const SIZE = 624;
const SHIFT = 397;

/** `new MersenneTwister(S)` is in the state of NumPy after `np.random.seed(S)`. */
export class MersenneTwister {
  readonly #state = new Uint32Array(SIZE);
  #next = SIZE;

  /** `seed`: a whole number from 0 to 2³² − 1, as NumPy asks. */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new ArgumentError("init numpy", "seed to be a whole number from 0 to 2^32 − 1", String(seed));
    }
    this.#state[0] = seed;
    for (let i = 1; i < SIZE; i++) {
      const before = this.#state[i - 1];
      this.#state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  /** Makes the next 624 words. */
  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < SIZE; i++) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
      state[i] = state[(i + SHIFT) % SIZE] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }

  /** 32 random bits. */
  word(): number {
    if (this.#next === SIZE) this.#twist();
    let y = this.#state[this.#next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** `np.random.rand()`: uniform on [0, 1) with 53 bits. */
  random(): number {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A whole number from 0 to max, by masking and rejecting, as NumPy's `random_interval`. */
  #interval(max: number): number {
    const mask = 0xffffffff >>> Math.clz32(max);
    for (;;) {
      const value = (this.word() & mask) >>> 0;
      if (value <= max) return value;
    }
  }

  /** `np.random.shuffle` over the rows of an array: puts `order` into the order that the rows would have. */
  shuffle(order: Uint32Array): void {
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.#interval(i);
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
  }
}
