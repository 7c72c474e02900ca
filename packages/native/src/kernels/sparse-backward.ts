/**
 * A convolution's ∂C/∂x below a max pool, from the few numbers of δ that are not 0. Its tiles and arguments are those of
 * the WebAssembly kernel, packages/inkling/kernels/sparse-backward.ts; a tile is an image.
 *
 *   dX_(p+t) = Σ δ_p·Wₜ over the positions p row-major and the filters of each that are not 0, ascending, from +0
 *
 *   W (filters × rows of the window × numbers of a row, with zeros up to a multiple of FILTER_ROW)
 *
 * Lanes run across a row of the window: its pixels stand side by side, in W and in the image. The sums wait in scratch
 * memory, padding included. Behind them stands a list of the positions with their filters (sparse-backward-list.ts). A
 * pass goes along the list with some rows of the window, or with a part of a row (sparse-backward-passes.ts); the form
 * says with how many (sparse-backward-form.ts). The window's last rows go first, and the last part of a row: so a
 * number's sum meets its positions row-major.
 *
 * Measured beside the dense kernel, one Intel core, batches of 128, nanoseconds an image; where half of the windows' δ is
 * 0, and where none is:
 *
 *                                          512 bits                 256 bits
 *   64 filters of 3 × 3 on 13 × 13 × 32    7600, 12900   (52000)    9900, 17800   (65700)
 *   16 filters of 5 × 5 on 12 × 12 × 8     1350,  1980    (7000)    1590,  2380    (6850)
 *   40 filters of 5 × 5 on 12 × 12 × 20    6000,  9700   (41000)    7700, 13500   (46300)
 *
 * With all δ the first takes 0.42 ns for a vector's product and addition (0.32: the same in a loop without anything
 * else), and 960 ns for clearing, list and copy. To read W's rows one by one, so that they stay in the nearest cache, is
 * as fast as two by two; all three take 7 % more. Vectors of 256 bits, whose stores never cut the next position's loads,
 * are slower.
 */
import { loop } from "../assembler/flow.ts";
import { at } from "../assembler/memory.ts";
import type { Gpr } from "../assembler/registers.ts";
import { argument, layout, loadAddress, type NativeKernel, places, type TileParts, tileCode } from "./kernel.ts";
import { formNumber, formOfNumber, type SparseForm } from "./sparse-backward-form.ts";
import { writeList } from "./sparse-backward-list.ts";
import { addRows, kept, loadRowStep } from "./sparse-backward-passes.ts";

export const sparseBackward: NativeKernel = {
  operation: layout.SPARSE_BACKWARD,
  formOf: formNumber,
  write: (level, form) => tileCode(level, (parts) => new SparseBackwardTile(parts, formOfNumber(form, level)).write()),
};

class SparseBackwardTile {
  readonly #parts: TileParts;
  readonly #form: SparseForm;

  constructor(parts: TileParts, form: SparseForm) {
    this.#parts = parts;
    this.#form = form;
  }

  write(): void {
    const { code, registers, args } = this.#parts;
    code.mov(kept.sums, args.scratch);
    this.#clear();
    this.#findImage();
    const list = writeList(this.#parts, 4 * this.#form.padded);
    code.mov(kept.list, list.start);
    code.mov(kept.end, list.end);
    registers.free(args.tile, args.scratch, list.start, list.end);
    this.#window();
    this.#takeOut();
  }

  #word(place: number) {
    return argument(this.#parts, place);
  }

  /** sums = +0 */
  #clear(): void {
    const { code, cpu, registers, args } = this.#parts;
    const [to, vectors, zero] = [registers.gpr("to"), registers.gpr("vectors left"), registers.vec("zero")];
    code.mov(to, args.scratch);
    code.mov(vectors.dword, this.#word(places.CONVOLUTION_IMAGE));
    code.add(vectors, cpu.bytes - 1);
    code.shr(vectors, Math.log2(cpu.bytes));
    cpu.zero(zero);
    loop(code, vectors, () => {
      cpu.store(at(to), zero);
      code.add(to, cpu.bytes);
    });
    registers.free(to, vectors, zero);
  }

  /** dX = OUT + 4 · tile · height · width · channels */
  #findImage(): void {
    const { code, registers, args } = this.#parts;
    const [numbers, start] = [registers.gpr("numbers"), registers.gpr("start")];
    code.mov(numbers.dword, this.#word(places.CONVOLUTION_HEIGHT));
    code.imul(numbers.dword, this.#word(places.CONVOLUTION_WIDTH));
    code.imul(numbers.dword, this.#word(places.CONVOLUTION_CHANNELS));
    code.imul(numbers, args.tile);
    loadAddress(this.#parts, start, places.CONVOLUTION_OUT);
    code.lea(start, at(start, 0, numbers, 4));
    code.mov(kept.dX, start);
    registers.free(numbers, start);
  }

  /** All rows of the window, the last ones first. */
  #window(): void {
    const { code, registers } = this.#parts;
    const { rows, rest, padded } = this.#form;
    const [first, value] = [registers.gpr("first row"), registers.gpr("value")];
    code.mov(first.dword, this.#word(places.CONVOLUTION_ROWS));
    code.sub(first, rows);
    code.mov(kept.first, first);
    loadRowStep(this.#parts, value);
    code.imul(value, first);
    code.add(value, kept.sums);
    code.mov(kept.rows, value);
    code.imul(first, first, 4 * padded);
    loadAddress(this.#parts, value, places.CONVOLUTION_PANELS);
    code.add(value, first);
    code.mov(kept.w, value);
    registers.free(first, value);
    const next = code.label("next rows");
    code.place(next);
    addRows(this.#parts, this.#form, rows);
    const step = registers.gpr("step");
    loadRowStep(this.#parts, step);
    code.imul(step, step, rows);
    code.sub(kept.rows, step);
    code.mov(step, 4 * padded * rows);
    code.sub(kept.w, step);
    code.mov(step, rows);
    code.sub(kept.first, step);
    code.jcc("ge", next);
    if (rest > 0) {
      code.mov(step, kept.sums);
      code.mov(kept.rows, step);
      loadAddress(this.#parts, step, places.CONVOLUTION_PANELS);
      code.mov(kept.w, step);
    }
    registers.free(step);
    if (rest > 0) addRows(this.#parts, this.#form, rest);
  }

  /** dX = the sums, without their padding. */
  #takeOut(): void {
    const { code, cpu, registers } = this.#parts;
    const names = ["row", "dX", "rows left", "numbers of a row", "bytes of a row", "from", "numbers left"];
    const [row, dX, rows, numbers, rowBytes, from, left] = names.map((name) => registers.gpr(name)) as [
      ...[Gpr, Gpr, Gpr, Gpr, Gpr, Gpr, Gpr],
    ];
    const sum = registers.vec("sum");
    // row = sums + top · bytes of a row + left · bytes of a pixel
    code.mov(rowBytes.dword, this.#word(places.CONVOLUTION_ROW));
    code.mov(row.dword, this.#word(places.CONVOLUTION_LEFT));
    code.imul(row.dword, this.#word(places.CONVOLUTION_CHANNELS));
    code.shl(row, 2);
    code.mov(from.dword, this.#word(places.CONVOLUTION_TOP));
    code.imul(from, rowBytes);
    code.add(row, from);
    code.add(row, kept.sums);
    code.mov(dX, kept.dX);
    code.mov(numbers.dword, this.#word(places.CONVOLUTION_WIDTH));
    code.imul(numbers.dword, this.#word(places.CONVOLUTION_CHANNELS));
    code.mov(left, numbers);
    code.and(left, cpu.lanes - 1);
    const mask = cpu.firstLanes("numbers of the last vector", left);
    code.mov(rows.dword, this.#word(places.CONVOLUTION_HEIGHT));
    loop(code, rows, () => {
      code.mov(from, row);
      code.mov(left, numbers);
      loop(
        code,
        left,
        () => {
          cpu.load(sum, at(from));
          cpu.store(at(dX), sum);
          code.add(from, cpu.bytes);
          code.add(dX, cpu.bytes);
        },
        cpu.lanes,
      );
      cpu.load(sum, at(from), mask);
      cpu.store(at(dX), sum, mask);
      code.lea(dX, at(dX, 0, left, 4));
      code.add(row, rowBytes);
    });
    registers.free(row, dX, rows, numbers, rowBytes, from, left, sum, mask);
  }
}
