/**
 * The registers of one kernel. A kernel asks for a register by the name of what it will hold, and gives it back. When
 * none is left the pool throws: a kernel that needs one more than the CPU has would give wrong numbers otherwise.
 */
import { AssemblyError } from "../errors.ts";
import type { Width } from "./registers.ts";
import {
  Gpr,
  k,
  type Mask,
  r8,
  r9,
  r10,
  r11,
  r12,
  r13,
  r14,
  r15,
  rax,
  rbp,
  rbx,
  rcx,
  rdi,
  rdx,
  rsi,
  Vec,
} from "./registers.ts";

/** Registers that a function of the System V ABI must leave as it found them. (rsp is never given out.) */
const calleeSaved: readonly Gpr[] = [rbx, rbp, r12, r13, r14, r15];
/** The order in which integer registers are given out: those that need no saving come first. */
const integers: readonly Gpr[] = [rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11, ...calleeSaved];
const masks: readonly Mask[] = [1, 2, 3, 4, 5, 6, 7].map(k);

type Register = Gpr | Vec | Mask;

/** One kind of register: which there are, and what those in use hold. */
class Shelf<Kind extends Register> {
  readonly #what: string;
  readonly #all: readonly Kind[];
  readonly #holds = new Map<number, string>();

  constructor(what: string, all: readonly Kind[]) {
    this.#what = what;
    this.#all = all;
  }

  /** A free register, for what the name says. */
  take(name: string): Kind {
    const free = this.#all.find((register) => !this.#holds.has(register.number));
    if (free === undefined) {
      const got = `one more, for "${name}"`;
      const advice = `In use: ${this.inUse.join(", ")}.`;
      throw new AssemblyError("registers", `at most ${this.#all.length} ${this.#what}`, got, advice);
    }
    this.#holds.set(free.number, name);
    return free;
  }

  /** This very register, for what the name says. */
  claim(register: Register, name: string): void {
    const holds = this.#holds.get(register.number);
    if (holds !== undefined) {
      throw new AssemblyError("claim", `${register} to be free for "${name}"`, `"${holds}" in it`);
    }
    this.#holds.set(register.number, name);
  }

  /** What the registers in use hold. */
  get inUse(): readonly string[] {
    return [...this.#holds.values()];
  }

  free(register: Register): void {
    if (this.#holds.delete(register.number)) return;
    throw new AssemblyError("free", "a register in use", `${register}`);
  }
}

export class Registers {
  readonly #gprs: Shelf<Gpr>;
  readonly #vectors: Shelf<Vec>;
  readonly #masks: Shelf<Mask>;
  readonly #touched: Set<number>;

  /**
   * All registers of AVX-512 (32 vectors, 7 masks) or of AVX2 (16 vectors, no masks); without a width no vectors. The
   * integer registers are those of `others`, if there are some.
   */
  constructor(width: Width | undefined, others?: Registers) {
    this.#gprs = others === undefined ? new Shelf<Gpr>("integer registers", integers) : others.#gprs;
    this.#touched = others === undefined ? new Set() : others.#touched;
    const count = width === undefined ? 0 : width === 512 ? 32 : 16;
    const all = Array.from({ length: count }, (_, number) => new Vec(number, width ?? 256));
    this.#vectors = new Shelf(`vector registers of ${width ?? 0} bits`, all);
    this.#masks = new Shelf("mask registers", width === 512 ? masks : []);
  }

  /** An integer register of 64 bits. */
  gpr(name: string): Gpr {
    const register = this.#gprs.take(name);
    this.#touched.add(register.number);
    return register;
  }

  /** A vector register. */
  vec(name: string): Vec {
    return this.#vectors.take(name);
  }

  /** So many vector registers. */
  vecs(name: string, count: number): Vec[] {
    return Array.from({ length: count }, (_, at) => this.vec(`${name}[${at}]`));
  }

  /**
   * The registers of AVX2 for a part of the same function, with its integer registers. Throws an AssemblyError where a
   * vector register is in use: it would be given out a second time.
   */
  narrowed(): Registers {
    const { inUse } = this.#vectors;
    if (inUse.length === 0) return new Registers(256, this);
    throw new AssemblyError("narrowed", "no vector register in use", inUse.join(", "), "Free them first.");
  }

  /** A mask register (AVX-512 only). */
  mask(name: string): Mask {
    return this.#masks.take(name);
  }

  /** This very integer register: `div` and `cpuid` have no choice. Throws an AssemblyError where it is in use. */
  claim(register: Gpr, name: string): Gpr {
    if (!integers.some(({ number }) => number === register.number)) {
      throw new AssemblyError("claim", "an integer register but rsp", `${register}`);
    }
    this.#gprs.claim(register, name);
    this.#touched.add(register.number);
    return register;
  }

  /** Gives registers back. What they hold may be overwritten from here on. */
  free(...registers: readonly Register[]): void {
    for (const register of registers) {
      if (register instanceof Gpr) this.#gprs.free(register);
      else if (register instanceof Vec) this.#vectors.free(register);
      else this.#masks.free(register);
    }
  }

  /** The registers ever given out that a function has to save. */
  get saved(): readonly Gpr[] {
    return calleeSaved.filter(({ number }) => this.#touched.has(number));
  }
}
