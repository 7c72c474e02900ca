/**
 * Random words in lanes: the draws of Philox (packages/inkling/src/numbers/random.ts). A draw mixes the counter
 * (element, example, epoch, 0) under a key into four words, in ten rounds of
 *
 *   h₀:l₀ = M₀·c₀,  h₁:l₁ = M₁·c₂        c₀, c₁, c₂, c₃ = h₁ ^ c₁ ^ k₀, l₁, h₀ ^ c₃ ^ k₁, l₀
 *
 * A draw has 64 bits of a vector. A word stands in the lower half of them; what stands in the upper half is of no
 * account, because a multiplication reads the lower halves. So a product is its low word as it is.
 *
 * The draws of a row differ in c₀ alone. So before round 1 only c₀ is known in lanes, and what round 2 multiplies by M₀
 * is the same in all lanes. What is the same is computed once a row, and stands in the keys' places.
 */
import { at, type Memory } from "../assembler/memory.ts";
import type { Gpr, Vec } from "../assembler/registers.ts";
import type { TileParts } from "./kernel.ts";

const ROUNDS = 10;
const [M0, M1] = [0xd2511f53, 0xcd9e8d57];
/** The key walks on by the golden ratio and √3 − 1. */
const [STEP0, STEP1] = [0x9e3779b9 | 0, 0xbb67ae85 | 0];
/** to ^ a ^ b */
const XOR = 0x96;

/** The counters of some draws, and a register that is free. */
export interface Draws {
  readonly counter: readonly [c0: Vec, c1: Vec, c2: Vec, c3: Vec];
  readonly spare: Vec;
}

/** Where the words of a stream's key and the counter's epoch are. */
export interface StreamPlaces {
  readonly key: Memory;
  readonly keyHigh: Memory;
  readonly epoch: Memory;
}

export class Philox {
  readonly #parts: TileParts;
  readonly #factors: readonly [Vec, Vec];
  /** h₁ ^ k₀ of round 1, and k₁ of rounds 2 and 3. */
  readonly #first: Gpr;
  readonly #second: Gpr;
  readonly #third: Gpr;
  /** The elements of the draws of one vector, from 0 on. */
  readonly #elements: Memory;

  /**
   * Fills the keys' places for the draws of this epoch: two words a round, in the scratch memory, whose first 640 bytes
   * are its own from here on. Where memory cannot give one word to all lanes, a place has it eight times.
   */
  constructor(parts: TileParts, stream: StreamPlaces) {
    const { code, cpu, registers } = parts;
    this.#parts = parts;
    this.#factors = registers.vecs("factors of Philox", 2) as [Vec, Vec];
    for (const [k, factor] of [M0, M1].entries()) cpu.fillBits(this.#factors[k] as Vec, factor);
    const names = ["h1 ^ k0 of round 1", "k1 of round 2", "k1 of round 3"];
    [this.#first, this.#second, this.#third] = names.map((name) => registers.gpr(name)) as [Gpr, Gpr, Gpr];
    this.#elements = at(code.constant("elements", elementsOf(cpu.lanes)));
    const [k0, k1, product] = [registers.gpr("k0"), registers.gpr("k1"), registers.gpr("M1 times the epoch")];
    code.mov(k0.dword, stream.key);
    code.mov(k1.dword, stream.keyHigh);
    // h₁:l₁ = M₁·epoch
    code.mov(this.#first.dword, stream.epoch);
    code.mov(product, M1);
    code.imul(product, this.#first);
    for (let round = 0; round < ROUNDS; round++) {
      if (round === 0) {
        code.mov(this.#first, product);
        code.shr(this.#first, 32);
        code.xor(this.#first, k0);
      }
      if (round === 1) code.mov(this.#second, k1);
      if (round === 2) code.mov(this.#third, k1);
      // What round 2 adds to h₁ of its own: l₁ of round 1.
      if (round === 1) code.xor(product, k0);
      this.#store(0, round, round === 1 ? product : k0);
      this.#store(1, round, k1);
      code.add(k0.dword, STEP0);
      code.add(k1.dword, STEP1);
    }
    registers.free(k0, k1, product);
  }

  /** Fills the places for the draws of this example, which is overwritten. */
  startRow(example: Gpr): void {
    const { code, registers } = this.#parts;
    const product = registers.gpr("M0 times c0");
    // c₀ after round 1, h₀:l₀ of round 2
    code.xor(example.dword, this.#first.dword);
    code.mov(product, M0);
    code.imul(product, example);
    code.mov(example, product);
    code.shr(example, 32);
    code.xor(example.dword, this.#second.dword);
    this.#store(1, 1, example);
    code.xor(product.dword, this.#third.dword);
    this.#store(1, 2, product);
    registers.free(product);
  }

  /** to = the elements of the first draws of a row. Draws of the next vector are as many more as it has draws. */
  firstElements(to: Vec): void {
    this.#parts.cpu.load(to, this.#elements);
  }

  /** The ten rounds of some vectors of draws whose c₀ are set, in turns: so a CPU has always something to compute. */
  mix(draws: readonly Draws[]): Draws[] {
    let mixed = draws.map((draw) => this.#roundThree(this.#roundsOneAndTwo(draw)));
    for (let round = 3; round < ROUNDS; round++) mixed = mixed.map((draw) => this.#round(draw, round));
    return mixed;
  }

  /**
   * Two vectors of words, those of a draw side by side, draws in their order: 64 bits of each counter become 128 bits
   * of words. They stand where `spare` and c₀ were; the other registers are free then.
   */
  words({ counter: [c0, c1, c2, c3], spare }: Draws): [Vec, Vec] {
    const { code, registers } = this.#parts;
    code.vunpcklps(spare, c0, c1);
    code.vunpckhps(c0, c0, c1);
    code.vunpcklps(c1, c2, c3);
    code.vunpckhps(c2, c2, c3);
    code.vunpcklpd(spare, spare, c1);
    code.vunpcklpd(c0, c0, c2);
    registers.free(c1, c2, c3);
    return [spare, c0];
  }

  /** c₁, c₂ and c₃ are the same in all lanes: in round 1 all of them, in round 2 what c₀ and c₁ have become. */
  #roundsOneAndTwo({ counter: [c0, c1, c2, c3], spare }: Draws): Draws {
    const { code } = this.#parts;
    const [m0, m1] = this.#factors;
    // c₂, c₃ = h₀ ^ k₁, l₀
    code.vpmuludq(c3, c0, m0);
    code.vmovshdup(c2, c3);
    code.vpxord(c2, c2, this.#key(1, 0));
    // c₀, c₁, c₂ = h₁ ^ (l₁ ^ k₀), l₁, c₃ ^ (h₀ ^ k₁)
    code.vpmuludq(c1, c2, m1);
    code.vmovshdup(c0, c1);
    code.vpxord(c0, c0, this.#key(0, 1));
    code.vpxord(c3, c3, this.#key(1, 1));
    return { counter: [c0, c1, c3, c2], spare };
  }

  /** c₃ is the same in all lanes: it is in the key's place. */
  #roundThree({ counter: [c0, c1, c2, c3], spare }: Draws): Draws {
    const { code } = this.#parts;
    const [m0, m1] = this.#factors;
    code.vpmuludq(c0, c0, m0);
    code.vpmuludq(c2, c2, m1);
    code.vmovshdup(spare, c2);
    this.#xor(c1, spare, this.#key(0, 2));
    code.vmovshdup(c3, c0);
    code.vpxord(c3, c3, this.#key(1, 2));
    return { counter: [c1, c2, c3, c0], spare };
  }

  #round({ counter: [c0, c1, c2, c3], spare }: Draws, round: number): Draws {
    const { code } = this.#parts;
    const [m0, m1] = this.#factors;
    code.vpmuludq(c0, c0, m0);
    code.vpmuludq(c2, c2, m1);
    code.vmovshdup(spare, c2);
    this.#xor(c1, spare, this.#key(0, round));
    code.vmovshdup(spare, c0);
    this.#xor(c3, spare, this.#key(1, round));
    return { counter: [c1, c2, c3, c0], spare };
  }

  /** to = to ^ a ^ key */
  #xor(to: Vec, a: Vec, key: Memory): void {
    const { code, cpu } = this.#parts;
    if (cpu.level === "avx512") {
      code.vpternlogd(to, a, key, XOR);
      return;
    }
    code.vpxord(to, to, a);
    code.vpxord(to, to, key);
  }

  /** The place of kₖ of a round. */
  #key(k: 0 | 1, round: number): Memory {
    const { cpu, args } = this.#parts;
    const word = 2 * round + k;
    return cpu.level === "avx512" ? at(args.scratch, 4 * word).toAll() : at(args.scratch, cpu.bytes * word);
  }

  #store(k: 0 | 1, round: number, value: Gpr): void {
    const { code, cpu, registers } = this.#parts;
    const place = this.#key(k, round);
    if (place.isBroadcast) {
      code.mov(at(place.base as Gpr, place.displacement), value.dword);
      return;
    }
    const all = registers.vec("a key in all lanes");
    code.vmovd(all.as(128), value.dword);
    code.vpbroadcastd(all, all.as(128));
    cpu.store(place, all);
    registers.free(all);
  }
}

/** Draw i of the first half of a vector stands beside draw i of its second half: so `words` needs no more moves. */
function elementsOf(lanes: number): Uint8Array {
  const half = lanes / 4;
  const words = Array.from({ length: lanes }, (_, lane) => {
    const draw = lane >> 1;
    return lane % 2 === 0 ? (draw >> 1) + (draw % 2) * half : 0;
  });
  return new Uint8Array(Uint32Array.from(words).buffer);
}
