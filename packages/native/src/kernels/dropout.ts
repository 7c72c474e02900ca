/**
 * Dropout: packages/inkling/kernels/dropout.ts. A number is kept if its random word is not below the threshold.
 *
 *   z = m ⊙ x / (1 − r),  m[j] = word j mod 4 of the draw ⌊j / 4⌋ ≥ r·2³²
 *
 * The words are drawn in lanes by philox.ts; a vector of draws gives two vectors of numbers. A tile is some rows.
 * Of 128 × 1600 numbers WebAssembly takes 468 µs, AVX2 150 and AVX-512 88 (Xeon, one core): 2.3, 0.74 and 0.43 ns a
 * number.
 */
import { loop } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import type { Gpr, Vec } from "../assembler/registers.ts";
import {
  argument,
  layout,
  loadAddress,
  type NativeKernel,
  places,
  type TileParts,
  tileCode,
  wordAt,
} from "./kernel.ts";
import { argumentInAllLanes } from "./numbers.ts";
import { type Draws, Philox } from "./philox.ts";

/** Fewer numbers are WebAssembly's: to call machine code takes longer than it gains. Of 32 both take 0.3 µs. */
const FEW = 32;

/** Vectors of draws at once: a round waits for the one before it. One at a time takes a tenth longer. */
const TOGETHER = 2;

export const dropout: NativeKernel = {
  operation: layout.DROPOUT,
  formOf: (words) => (wordAt(words, places.DROPOUT_ROWS) * wordAt(words, places.DROPOUT_COLUMNS) < FEW ? -1 : 0),
  write: (level) => tileCode(level, (parts) => new DropoutTile(parts).write()),
};

class DropoutTile {
  readonly #parts: TileParts;
  readonly #philox: Philox;
  readonly #threshold: Vec;
  readonly #scale: Vec;
  readonly #elements: Vec;
  readonly #x: Gpr;
  /** Bytes from x to z. */
  readonly #toZ: Gpr;
  /** Numbers of the row that are left. */
  readonly #left: Gpr;

  constructor(parts: TileParts) {
    const { registers } = parts;
    this.#parts = parts;
    this.#philox = new Philox(parts, {
      key: argument(parts, places.DROPOUT_KEY),
      keyHigh: argument(parts, places.DROPOUT_KEY_HIGH),
      epoch: argument(parts, places.DROPOUT_EPOCH),
    });
    this.#threshold = argumentInAllLanes(parts, "threshold", places.DROPOUT_THRESHOLD);
    this.#scale = argumentInAllLanes(parts, "1 / (1 − r)", places.DROPOUT_SCALE);
    this.#elements = registers.vec("elements");
    [this.#x, this.#toZ] = [registers.gpr("x"), registers.gpr("from x to z")];
    this.#left = registers.gpr("numbers left");
  }

  write(): void {
    const { code, registers } = this.#parts;
    const [rows, examples, example] = [registers.gpr("rows left"), registers.gpr("examples"), registers.gpr("example")];
    this.#start(rows, examples);
    loop(code, rows, () => {
      code.mov(example.dword, at(examples));
      code.add(examples, 4);
      this.#philox.startRow(example);
      this.#row();
    });
  }

  /** The rows of the tile: their number, their examples and numbers. */
  #start(rows: Gpr, examples: Gpr): void {
    const { code, registers, args } = this.#parts;
    const [first, value] = [registers.gpr("first row"), registers.gpr("value")];
    // first = tile · n, rows = min(n, rows − first)
    code.mov(rows.dword, argument(this.#parts, places.DROPOUT_TILE));
    code.mov(first, rows);
    code.imul(first, args.tile);
    registers.free(args.tile);
    code.mov(value.dword, argument(this.#parts, places.DROPOUT_ROWS));
    code.sub(value, first);
    code.cmp(rows, value);
    code.cmov("a", rows, value);
    loadAddress(this.#parts, examples, places.DROPOUT_EXAMPLES);
    code.lea(examples, at(examples, 0, first, 4));
    code.mov(value.dword, argument(this.#parts, places.DROPOUT_COLUMNS));
    code.imul(first, value);
    loadAddress(this.#parts, this.#x, places.DROPOUT_X);
    loadAddress(this.#parts, this.#toZ, places.DROPOUT_Z);
    code.sub(this.#toZ, this.#x);
    code.lea(this.#x, at(this.#x, 0, first, 4));
    registers.free(first, value);
  }

  #row(): void {
    const { code, cpu } = this.#parts;
    this.#philox.firstElements(this.#elements);
    code.mov(this.#left.dword, argument(this.#parts, places.DROPOUT_COLUMNS));
    const step = TOGETHER * 2 * cpu.lanes;
    loop(
      code,
      this.#left,
      () => {
        this.#draws(TOGETHER);
        code.add(this.#x, 4 * step);
      },
      step,
    );
    // What is left: a vector of draws at a time.
    const [next, done] = [code.label("next draws"), code.label("no numbers left")];
    code.test(this.#left, this.#left);
    code.jcc("e", done);
    code.place(next);
    this.#rest();
    code.jcc("g", next);
    // x stands behind the last draws, and `left` is what they were too many.
    code.lea(this.#x, at(this.#x, 0, this.#left, 4));
    code.place(done);
  }

  /** One vector of draws for as many numbers as are left. Sets the flags by what is left then. */
  #rest(): void {
    const { code, cpu, registers } = this.#parts;
    const { lanes } = cpu;
    const second = registers.gpr("left of the second vector");
    code.lea(second, at(this.#left, -lanes));
    this.#draws(1, [this.#left, second]);
    registers.free(second);
    code.add(this.#x, 4 * 2 * lanes);
    code.sub(this.#left, 2 * lanes);
    code.cmp(this.#left, 0);
  }

  /** So many vectors of draws, for numbers from x on; how many of them there are, if there may be fewer. */
  #draws(count: number, left?: readonly Gpr[]): void {
    const { code, cpu, registers } = this.#parts;
    const perVector = cpu.lanes / 2;
    const draws = Array.from({ length: count }, (_, k): Draws => {
      const [c0, c1, c2, c3, spare] = registers.vecs("draws", 5) as [Vec, Vec, Vec, Vec, Vec];
      if (k === 0) code.vmovaps(c0, this.#elements);
      else code.vpaddd(c0, this.#elements, cpu.constantBits(k * perVector));
      return { counter: [c0, c1, c2, c3], spare };
    });
    code.vpaddd(this.#elements, this.#elements, cpu.constantBits(count * perVector));
    for (const [k, mixed] of this.#philox.mix(draws).entries()) {
      for (const [half, words] of this.#philox.words(mixed).entries()) {
        const mask = left && cpu.firstLanes("numbers of the row", left[half] as Gpr);
        this.#drop(words, at(this.#x, (2 * k + half) * cpu.bytes), mask);
        if (mask) registers.free(mask);
        registers.free(words);
      }
    }
  }

  /** z = word < threshold ? 0 : s·x */
  #drop(words: Vec, x: Memory, mask: LaneMask | undefined): void {
    const { code, cpu, registers } = this.#parts;
    const [kept, value] = [cpu.mask("kept"), registers.vec("x")];
    code.vpminud(words, words, this.#threshold);
    code.vpcmpeqd(kept, words, this.#threshold);
    cpu.load(value, x, mask);
    code.vmulps(value, this.#scale, value);
    cpu.keep(value, kept, value);
    cpu.store(at(this.#x, x.displacement, this.#toZ), value, mask);
    registers.free(kept, value);
  }
}
