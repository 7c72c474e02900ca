/**
 * The loop over a tile of numbers, for what is done to each number by itself. A tile is TILE_NUMBERS numbers of every
 * matrix that takes part. Whole vectors come first, several at a time; what is left is less than a vector, and a mask
 * keeps the code from reading or writing beyond it.
 */
import { loop, when } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import type { Gpr, Vec } from "../assembler/registers.ts";
import { argument, layout, loadAddress, type TileParts, wordAt } from "./kernel.ts";

/** One vector of a tile, while its code is written. */
export interface VectorAt {
  /** Where it stands in the matrix whose address is in this argument. */
  place(matrix: number): Memory;
  /** Which of its lanes are numbers of the tile; all if absent. */
  readonly mask: LaneMask | undefined;
}

/** The numbers of a tile: their count is in the argument `count`, the addresses of their matrices in `matrices`. */
export interface Numbers {
  readonly count: number;
  readonly matrices: readonly number[];
}

/**
 * With fewer numbers WebAssembly is faster, because to call machine code takes 33 ns longer (Xeon, AVX-512): additions
 * and multiplications, and what takes an exponential.
 */
export const FEW = 128;
export const FEW_EXPONENTIALS = 16;

/** The form of an operation on so many numbers; none where they are fewer than `few`. */
export function formOfMany(words: Int32Array, count: number, form: number, few: number): number {
  return wordAt(words, count) < few ? -1 : form;
}

/** Vectors that are written one after the other, so that the loop's own instructions count less. */
const TOGETHER = 2;

/** Writes the loop over the vectors of this tile; `body` writes what is done to one of them. */
export function eachVector(parts: TileParts, { count, matrices }: Numbers, body: (vector: VectorAt) => void): void {
  const { code, cpu, registers, args } = parts;
  const [offset, left, most] = [registers.gpr("offset"), registers.gpr("numbers left"), registers.gpr("most")];
  // left = min(8192, count − tile · 8192)
  code.mov(offset, args.tile);
  code.shl(offset, Math.log2(layout.TILE_NUMBERS));
  code.mov(left.dword, argument(parts, count));
  code.sub(left, offset);
  code.mov(most, layout.TILE_NUMBERS);
  code.cmp(left, most);
  code.cmov("a", left, most);
  code.shl(offset, 2);
  registers.free(most);
  const bases = new Map<number, Gpr>();
  for (const matrix of matrices) {
    const base = registers.gpr(`matrix ${matrix}`);
    loadAddress(parts, base, matrix);
    bases.set(matrix, base);
  }
  const vectors = (number: number, mask?: LaneMask) => {
    for (let v = 0; v < number; v++) {
      const place = (matrix: number) => at(bases.get(matrix) as Gpr, v * cpu.bytes, offset);
      body({ place, mask });
    }
  };
  for (const number of [TOGETHER, 1]) {
    const step = () => {
      vectors(number);
      code.add(offset, number * cpu.bytes);
    };
    loop(code, left, step, number * cpu.lanes);
  }
  code.test(left, left);
  when(code, "ne", () => {
    const mask = cpu.firstLanes("the rest", left);
    vectors(1, mask);
    registers.free(mask);
  });
  registers.free(offset, left, ...bases.values());
}

/** A register that holds the float32 of an argument in all lanes. */
export function argumentInAllLanes(parts: TileParts, name: string, place: number): Vec {
  const vector = parts.registers.vec(name);
  parts.cpu.broadcast(vector, argument(parts, place));
  return vector;
}
