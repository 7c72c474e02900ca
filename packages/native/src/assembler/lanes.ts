/**
 * What AVX2 and AVX-512 do in different ways, under one name each, so that a kernel is written once for both. What is
 * the same instruction in both (vaddps, vmulps, vdivps …) is called on the code itself.
 *
 *             lanes   registers   a mask is          one number of memory in all lanes
 *   avx2        8        16       a vector, by sign  vbroadcastss into a register
 *   avx512     16        32       a k register       inside the arithmetic, {1to16}
 *
 * Lanes are elements side by side, never parts of one sum: an element sees the same operations in the same order at
 * either width, so its bits are the same.
 */
import { AssemblyError, checked } from "../errors.ts";
import type { Assembler } from "./assembler.ts";
import { at, type Label, type Memory } from "./memory.ts";
import type { Registers } from "./pool.ts";
import { type Gpr, Mask, Vec } from "./registers.ts";
import type { Predicate } from "./vectors.ts";

/** Which instructions a kernel may use. */
export type Level = "avx2" | "avx512";

/** Chosen lanes: a k register at AVX-512; at AVX2 a vector with all bits set in the chosen lanes. */
export type LaneMask = Mask | Vec;

/** The bits of a number as a float32. */
function floatBits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] as number;
}

export class LaneCode {
  readonly level: Level;
  /** Bits of a vector. */
  readonly width: 256 | 512;
  /** Numbers of 32 bits in a vector. */
  readonly lanes: 8 | 16;
  /** Bytes of a vector. */
  readonly bytes: 32 | 64;
  readonly #code: Assembler;
  readonly #registers: Registers;
  readonly #constants = new Map<string, Label>();

  constructor(level: Level, code: Assembler, registers: Registers) {
    this.level = level;
    this.width = level === "avx512" ? 512 : 256;
    this.lanes = level === "avx512" ? 16 : 8;
    this.bytes = level === "avx512" ? 64 : 32;
    this.#code = code;
    this.#registers = registers;
  }

  /** to = memory; with a mask the other lanes become 0, and their memory is not touched. */
  load(to: Vec, from: Memory, mask?: LaneMask): void {
    if (mask === undefined) this.#code.vmovups(to, from);
    else if (mask instanceof Mask) this.#code.vmovups(to, from, { mask, zero: true });
    else this.#code.vmaskmovpsLoad(to, mask, from);
  }

  /** memory = from; with a mask the memory of the other lanes is not touched. */
  store(to: Memory, from: Vec, mask?: LaneMask): void {
    if (mask === undefined) this.#code.vmovups(to, from);
    else if (mask instanceof Mask) this.#code.vmovups(to, from, { mask });
    else this.#code.vmaskmovpsStore(to, mask, from);
  }

  /** to = the 32 bits at `from`, in all lanes: at each width the form that takes no arithmetic slot. */
  broadcast(to: Vec, from: Memory): void {
    if (this.level === "avx512") this.#code.vpbroadcastd(to, from);
    else this.#code.vbroadcastss(to, from);
  }

  /** to = +0 in all lanes. */
  zero(to: Vec): void {
    // Writing the lowest 128 bits with VEX clears the rest: the shortest form.
    if (to.number < 16) this.#code.vxorps(to.as(128), to.as(128), to.as(128));
    else this.#code.vpxord(to, to, to);
  }

  /** to = this float32 in all lanes. */
  fill(to: Vec, value: number): void {
    this.broadcast(to, at(this.constant(value).base));
  }

  /** to = this whole number of 32 bits in all lanes. */
  fillBits(to: Vec, value: number): void {
    this.broadcast(to, at(this.constantBits(value).base));
  }

  /** A float32 in all lanes, as the last operand of any instruction on float32. It stands behind the code. */
  constant(value: number): Memory {
    if (!Object.is(Math.fround(value), value)) {
      throw new AssemblyError("constant", "a number that float32 can hold", String(value), "Say Math.fround(…).");
    }
    return this.constantBits(floatBits(value));
  }

  /** The same for a whole number of 32 bits, with or without its sign. */
  constantBits(value: number): Memory {
    const bits = checked("constantBits", "the number", value, -(2 ** 31), 2 ** 32 - 1) >>> 0;
    const count = this.level === "avx512" ? 1 : this.lanes;
    const place = this.#words(`bits ${bits}`, Array<number>(count).fill(bits));
    return this.level === "avx512" ? place.toAll() : place;
  }

  /** A register of its own for a mask. It is given back by `registers.free`. */
  mask(name: string): LaneMask {
    return this.level === "avx512" ? this.#registers.mask(name) : this.#registers.vec(name);
  }

  /**
   * A new mask with the first `count` lanes: all where count is at least `lanes`. A number is known while the code is
   * written; a register is read when it runs, as 32 bits with a sign (none of the lanes where it is below 1).
   */
  firstLanes(name: string, count: number | Gpr): LaneMask {
    const mask = this.mask(name);
    if (typeof count !== "number") {
      const numbers = this.#words(
        "lane numbers",
        Array.from({ length: this.lanes }, (_, lane) => lane),
      );
      const counts = mask instanceof Vec ? mask : this.#registers.vec("count");
      this.#code.vmovd(counts.as(128), count.dword);
      this.#code.vpbroadcastd(counts, counts.as(128));
      this.#code.vpcmpgtd(mask, counts, numbers);
      if (mask instanceof Mask) this.#registers.free(counts);
      return mask;
    }
    checked("firstLanes", "the number of lanes", count, 1, this.lanes);
    if (mask instanceof Mask) {
      const bits = this.#registers.gpr("bits of a mask");
      this.#code.mov(bits.dword, 2 ** count - 1);
      this.#code.kmovw(mask, bits);
      this.#registers.free(bits);
    } else {
      const all = Array.from({ length: this.lanes }, (_, lane) => (lane < count ? 0xffffffff : 0));
      this.#code.vmovups(mask, this.#words(`first ${count}`, all));
    }
    return mask;
  }

  /** mask = the lanes in which a ∘ b holds. */
  compare(mask: LaneMask, a: Vec, b: Vec | Memory, predicate: Predicate): void {
    this.#code.vcmpps(mask, a, b, predicate);
  }

  /** mask = those of its lanes in which a ∘ b holds. */
  narrow(mask: LaneMask, a: Vec, b: Vec | Memory, predicate: Predicate): void {
    if (mask instanceof Mask) {
      this.#code.vcmpps(mask, a, b, predicate, { mask });
      return;
    }
    const holds = this.#registers.vec("holds");
    this.#code.vcmpps(holds, a, b, predicate);
    this.#code.vandps(mask, mask, holds);
    this.#registers.free(holds);
  }

  /** to = yes in the lanes of the mask, no in the others. */
  select(to: Vec, mask: LaneMask, yes: Vec, no: Vec): void {
    if (mask instanceof Mask) this.#code.vblendmps(to, no, yes, { mask });
    else this.#code.vblendvps(to, no, yes, mask);
  }

  /** to = value in the lanes of the mask, +0 in the others. */
  keep(to: Vec, mask: LaneMask, value: Vec): void {
    if (mask instanceof Mask) this.#code.vmovaps(to, value, { mask, zero: true });
    else this.#code.vandps(to, mask, value);
  }

  /** to = how many lanes are in both masks. `a` is overwritten. */
  countLanes(to: Gpr, a: LaneMask, b: LaneMask): void {
    if (a instanceof Mask && b instanceof Mask) {
      this.#code.kandw(a, a, b);
      this.#code.kmovw(to.dword, a);
    } else if (a instanceof Vec && b instanceof Vec) {
      this.#code.vandps(a, a, b);
      this.#code.vmovmskps(to.dword, a);
    }
    this.#code.popcnt(to.dword, to.dword);
  }

  /** to = z <= 0 ? 0 : z, and NaN stays NaN. `zero` holds +0. A mask register must be free (at AVX2: a vector). */
  relu(to: Vec, z: Vec, zero: Vec): void {
    const kept = this.mask("kept by relu");
    // "Not less or equal" is true for NaN. vmaxps would lose it, or keep −0.
    this.compare(kept, z, zero, "NLE_UQ");
    this.keep(to, kept, z);
    this.#registers.free(kept);
  }

  /** Words of 32 bits behind the code, stored once however often they are asked for. */
  #words(key: string, values: readonly number[]): Memory {
    let label = this.#constants.get(key);
    if (label === undefined) {
      label = this.#code.constant(key, new Uint8Array(Uint32Array.from(values).buffer));
      this.#constants.set(key, label);
    }
    return at(label);
  }
}
