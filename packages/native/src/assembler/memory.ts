/**
 * Memory operands: base + index · scale + displacement. An operand names a place; the instruction that it is given to
 * decides how many bytes of it are read or written.
 *
 *   at(rsi)                [rsi]
 *   at(rsi, 64)            [rsi + 64]
 *   at(rsi, 64, rax, 4)    [rsi + rax*4 + 64]
 *   at(label)              [rip + label], for constants that stand behind the code
 */
import { AssemblyError, checked } from "../errors.ts";
import { Gpr, type Vec } from "./registers.ts";

/** A place in the code, or in the constants behind it. Made by `code.label()`. */
export class Label {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** What an address can multiply its index by. */
export type Scale = 1 | 2 | 4 | 8;

/** A place in memory. It does not change: `plus` and `toAll` give new ones. */
export class Memory {
  readonly base: Gpr | Label;
  readonly displacement: number;
  readonly index: Gpr | Vec | undefined;
  readonly scale: Scale;
  /** Whether one number is read and repeated in all lanes (AVX-512 only). */
  readonly isBroadcast: boolean;

  constructor(
    base: Gpr | Label,
    displacement: number,
    index: Gpr | Vec | undefined,
    scale: Scale,
    isBroadcast = false,
  ) {
    if (base instanceof Gpr && base.bits !== 64) throw new AssemblyError("at", "a base of 64 bits", `${base}`);
    if (base instanceof Label && index !== undefined) {
      throw new AssemblyError(
        "at",
        "a label without an index",
        `an index of ${index}`,
        "Take its address by lea first.",
      );
    }
    if (index instanceof Gpr && (index.bits !== 64 || index.number === 4)) {
      throw new AssemblyError("at", "an index of 64 bits that is not rsp", `${index}`);
    }
    if (![1, 2, 4, 8].includes(scale)) throw new AssemblyError("at", "a scale of 1, 2, 4 or 8", `${scale}`);
    this.base = base;
    this.displacement = checked("at", "the displacement", displacement, -(2 ** 31), 2 ** 31 - 1);
    this.index = index;
    this.scale = scale;
    this.isBroadcast = isBroadcast;
  }

  /** The place so many bytes further on. */
  plus(bytes: number): Memory {
    return new Memory(this.base, this.displacement + bytes, this.index, this.scale, this.isBroadcast);
  }

  /** The one number at this place, in all lanes: {1to16} at 512 bits of float32. Only EVEX instructions can do it. */
  toAll(): Memory {
    return new Memory(this.base, this.displacement, this.index, this.scale, true);
  }
}

/** The place base + index · scale + displacement; the displacement is in bytes and must fit 32 bits with its sign. */
export function at(base: Gpr | Label, displacement = 0, index?: Gpr | Vec, scale: Scale = 1): Memory {
  return new Memory(base, displacement, index, scale);
}
