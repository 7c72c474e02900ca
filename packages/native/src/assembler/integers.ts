/**
 * The integer instructions that kernels need: addresses, counters, jumps. The operand order is Intel's: what is written
 * comes first. The number of bits is the register's: `mov(rax.dword, at(rsi))` reads 32 bits and clears the upper 32.
 */
import { AssemblyError, checked } from "../errors.ts";
import { Code } from "./code.ts";
import { writeLegacy } from "./encoding.ts";
import { type Label, Memory } from "./memory.ts";
import { Gpr } from "./registers.ts";

/** When to jump, after `cmp(a, b)`: e is a = b; b, ae, be, a compare without a sign; l, ge, le, g with one. */
export type Condition = "b" | "ae" | "e" | "ne" | "be" | "a" | "l" | "ge" | "le" | "g";

/** The numbers of the conditions. One and its opposite differ in the lowest bit. */
const conditions: Record<Condition, number> = { b: 2, ae: 3, e: 4, ne: 5, be: 6, a: 7, l: 12, ge: 13, le: 14, g: 15 };

/** The place of an operation among its seven siblings, which share their opcodes. */
const siblings = { add: 0, and: 4, sub: 5, xor: 6, cmp: 7 } as const;
const shifts = { shl: 4, shr: 5 } as const;

const isWide = (register: Gpr): { wide: boolean } => ({ wide: register.bits === 64 });

function sameBits(where: string, a: Gpr, b: Gpr): void {
  if (a.bits !== b.bits) throw new AssemblyError(where, "two registers of the same bits", `${a} and ${b}`);
}

export class IntegerCode extends Code {
  /** to = from. A number takes the shortest form that holds it: 32 bits, 32 bits with their sign, 64 bits. */
  mov(to: Memory, from: Gpr): void;
  mov(to: Gpr, from: Gpr | Memory | number | bigint): void;
  mov(to: Gpr | Memory, from: Gpr | Memory | number | bigint): void {
    if (to instanceof Memory) writeLegacy(this, [0x89], (from as Gpr).number, to, isWide(from as Gpr));
    else if (from instanceof Memory) writeLegacy(this, [0x8b], to.number, from, isWide(to));
    else if (from instanceof Gpr) {
      sameBits("mov", to, from);
      writeLegacy(this, [0x89], from.number, to.number, isWide(from));
    } else this.#moveNumber(to, from);
  }

  /** to = the byte at `from`, or the lowest byte of that register. */
  movzxByte(to: Gpr, from: Gpr | Memory): void {
    const rm = from instanceof Gpr ? from.number : from;
    writeLegacy(this, [0x0f, 0xb6], to.number, rm, { ...isWide(to), isByte: true });
  }

  /** to = from, where the condition holds. */
  cmov(condition: Condition, to: Gpr, from: Gpr | Memory): void {
    this.#read("cmov", [0x0f, 0x40 | conditions[condition]], to, from);
  }

  /** to = the address itself. */
  lea(to: Gpr, address: Memory): void {
    writeLegacy(this, [0x8d], to.number, address, isWide(to));
  }

  /** to = to + from. */
  add(to: Gpr | Memory, from: Gpr | Memory | number): void {
    this.#arithmetic("add", to, from);
  }

  /** to = to − from. */
  sub(to: Gpr | Memory, from: Gpr | Memory | number): void {
    this.#arithmetic("sub", to, from);
  }

  /** Sets the flags by a − b, for `jcc` and `cmov`. */
  cmp(a: Gpr | Memory, b: Gpr | Memory | number): void {
    this.#arithmetic("cmp", a, b);
  }

  /** to = to & from. */
  and(to: Gpr | Memory, from: Gpr | Memory | number): void {
    this.#arithmetic("and", to, from);
  }

  /** to = to ^ from. */
  xor(to: Gpr | Memory, from: Gpr | Memory | number): void {
    this.#arithmetic("xor", to, from);
  }

  /** Sets the flags by a & b: `test(a, a)` and then "e" asks whether a is 0. */
  test(a: Gpr, b: Gpr): void {
    sameBits("test", a, b);
    writeLegacy(this, [0x85], b.number, a.number, isWide(a));
  }

  /** to = to · from, or to = from · factor. */
  imul(to: Gpr, from: Gpr | Memory, factor?: number): void {
    if (factor === undefined) {
      this.#read("imul", [0x0f, 0xaf], to, from);
      return;
    }
    const value = checked("imul", "the factor", factor, -(2 ** 31), 2 ** 31 - 1);
    const bytes = value >= -128 && value <= 127 ? 1 : 4;
    this.#read("imul", [bytes === 1 ? 0x6b : 0x69], to, from, bytes);
    this.writeNumber(value, bytes);
  }

  /** rax = rdx:rax / divisor, rdx = the rest, without a sign; all of the divisor's bits. Set rdx to 0 first. */
  div(divisor: Gpr): void {
    writeLegacy(this, [0xf7], 6, divisor.number, isWide(divisor));
  }

  /** to = −to. */
  neg(to: Gpr): void {
    writeLegacy(this, [0xf7], 3, to.number, isWide(to));
  }

  /** to = to + 1. */
  inc(to: Gpr): void {
    writeLegacy(this, [0xff], 0, to.number, isWide(to));
  }

  /** to = to − 1; "e" then asks whether it has become 0. */
  dec(to: Gpr): void {
    writeLegacy(this, [0xff], 1, to.number, isWide(to));
  }

  /** to = to · 2ᵏ. */
  shl(to: Gpr, bits: number): void {
    this.#shift("shl", to, bits);
  }

  /** to = to / 2ᵏ, without a sign. */
  shr(to: Gpr, bits: number): void {
    this.#shift("shr", to, bits);
  }

  /** to = how many bits of `from` are 1. */
  popcnt(to: Gpr, from: Gpr | Memory): void {
    this.#read("popcnt", [0x0f, 0xb8], to, from, 0, [0xf3]);
  }

  /** to = how many zero bits stand below the lowest 1 of `from`; its number of bits where there is none. */
  tzcnt(to: Gpr, from: Gpr | Memory): void {
    this.#read("tzcnt", [0x0f, 0xbc], to, from, 0, [0xf3]);
  }

  /** Goes on at the label where the condition holds. */
  jcc(condition: Condition, label: Label): void {
    this.#jump(label, 0x70 | conditions[condition], [0x0f, 0x80 | conditions[condition]]);
  }

  /** Goes on at the label where the condition does not hold. */
  jumpUnless(condition: Condition, label: Label): void {
    const opposite = conditions[condition] ^ 1;
    this.#jump(label, 0x70 | opposite, [0x0f, 0x80 | opposite]);
  }

  /** Goes on at a label, at the address in a register, or at the address that stands in memory. */
  jmp(target: Label | Gpr | Memory): void {
    if (target instanceof Gpr || target instanceof Memory) this.#indirect(4, target);
    else this.#jump(target, 0xeb, [0xe9]);
  }

  /** Calls the code at the address in a register, or at the address that stands in memory. */
  call(target: Gpr | Memory): void {
    this.#indirect(2, target);
  }

  ret(): void {
    this.write(0xc3);
  }

  push(register: Gpr): void {
    if (register.number > 7) this.write(0x41);
    this.write(0x50 | (register.number & 7));
  }

  pop(register: Gpr): void {
    if (register.number > 7) this.write(0x41);
    this.write(0x58 | (register.number & 7));
  }

  /** Pushes the flags; the direction flag is bit 10. */
  pushfq(): void {
    this.write(0x9c);
  }

  /** Asks for the line of 64 bytes around this place, without waiting. Never faults. */
  prefetcht0(from: Memory): void {
    writeLegacy(this, [0x0f, 0x18], 1, from);
  }

  /** eax, ebx, ecx, edx = what the CPU says of page eax, part ecx. */
  cpuid(): void {
    this.write(0x0f, 0xa2);
  }

  /** edx:eax = the control register ecx (0: which registers the operating system saves). */
  xgetbv(): void {
    this.write(0x0f, 0x01, 0xd0);
  }

  /** Stores the 32 bits that say how floats are rounded. */
  stmxcsr(to: Memory): void {
    writeLegacy(this, [0x0f, 0xae], 3, to);
  }

  #arithmetic(name: keyof typeof siblings, to: Gpr | Memory, from: Gpr | Memory | number): void {
    const opcode = siblings[name] << 3;
    if (to instanceof Memory) {
      if (!(from instanceof Gpr)) throw new AssemblyError(name, "a register to go into memory", `${from}`);
      writeLegacy(this, [opcode | 1], from.number, to, isWide(from));
    } else if (from instanceof Memory) {
      writeLegacy(this, [opcode | 3], to.number, from, isWide(to));
    } else if (from instanceof Gpr) {
      sameBits(name, to, from);
      writeLegacy(this, [opcode | 1], from.number, to.number, isWide(to));
    } else {
      this.#arithmeticByNumber(name, to, checked(name, "the number", from, -(2 ** 31), 2 ** 31 - 1));
    }
  }

  #arithmeticByNumber(name: keyof typeof siblings, to: Gpr, value: number): void {
    const bytes = value >= -128 && value <= 127 ? 1 : 4;
    // rax has a form of its own for 32 bits, one byte shorter.
    if (bytes === 4 && to.number === 0) this.write(...(to.bits === 64 ? [0x48] : []), (siblings[name] << 3) | 5);
    else writeLegacy(this, [bytes === 1 ? 0x83 : 0x81], siblings[name], to.number, isWide(to));
    this.writeNumber(value, bytes);
  }

  #moveNumber(to: Gpr, from: number | bigint): void {
    if (typeof from === "number" && !Number.isSafeInteger(from)) {
      throw new AssemblyError("mov", "a whole number", `${from}`);
    }
    const value = BigInt(from);
    if (value < -(2n ** BigInt(to.bits - 1)) || value >= 2n ** BigInt(to.bits)) {
      throw new AssemblyError("mov", `a number of ${to.bits} bits`, `${from}`);
    }
    const prefix = (wide: 0 | 8) => (wide || to.number > 7 ? [0x40 | wide | (to.number >> 3)] : []);
    if (value >= 2n ** 32n || value < -(2n ** 31n)) {
      this.write(...prefix(8), 0xb8 | (to.number & 7));
      this.writeLong(value);
    } else if (value < 0n && to.bits === 64) {
      writeLegacy(this, [0xc7], 0, to.number, { wide: true });
      this.writeNumber(Number(value), 4);
    } else {
      this.write(...prefix(0), 0xb8 | (to.number & 7));
      this.writeNumber(Number(value), 4);
    }
  }

  #read(
    name: string,
    opcode: readonly number[],
    to: Gpr,
    from: Gpr | Memory,
    behind = 0,
    prefix: readonly number[] = [],
  ): void {
    if (from instanceof Gpr) sameBits(name, to, from);
    const rm = from instanceof Gpr ? from.number : from;
    writeLegacy(this, opcode, to.number, rm, { ...isWide(to), behind, prefix });
  }

  #shift(name: keyof typeof shifts, to: Gpr, bits: number): void {
    const count = checked(name, "the number of bits", bits, 1, to.bits - 1);
    writeLegacy(this, [count === 1 ? 0xd1 : 0xc1], shifts[name], to.number, isWide(to));
    if (count !== 1) this.write(count);
  }

  #jump(label: Label, short: number, long: readonly number[]): void {
    const back = this.distanceBack(label);
    if (back !== undefined && back + 2 <= 128) {
      this.write(short);
      this.writeNumber(-(back + 2), 1);
    } else {
      this.write(...long);
      this.writeDistance(label);
    }
  }

  #indirect(extension: number, target: Gpr | Memory): void {
    if (target instanceof Gpr && target.bits !== 64)
      throw new AssemblyError("jmp", "a register of 64 bits", `${target}`);
    writeLegacy(this, [0xff], extension, target instanceof Gpr ? target.number : target);
  }
}
