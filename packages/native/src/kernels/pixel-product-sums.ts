/**
 * The sums of x·W on images (pixel-product.ts): one image, or two side by side to the end of the shorter list, and then
 * each alone. Their sums stay in registers, as many columns as there is room for.
 *
 *   s[j] += x_l · W[l, j], l ascending along the words of a list
 */
import { when } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import { type Gpr, Mask, type Vec } from "../assembler/registers.ts";
import { argument, places, type TileParts } from "./kernel.ts";
import { AHEAD, fetchList, forWords, readWord } from "./pixel-lists.ts";
import { slots } from "./slots.ts";

/**
 * What the stack keeps: bytes before the columns, and of an image's offsets; where the number of the batch's last image
 * stands; the bands that are taken now; the first image and row of z of the tile, and how many images it has.
 */
export const kept = slots([
  "columnBytes",
  "offsetBytes",
  "lastImage",
  "bandFrom",
  "bandTo",
  "firstImage",
  "firstZ",
  "images",
]);

/** Registers of the loop over images. */
export interface Images {
  readonly image: Gpr;
  readonly z: Gpr;
  readonly left: Gpr;
  readonly offsets: Gpr;
  readonly W: Gpr;
  readonly rowBytes: Gpr;
}

export class ImageSums {
  readonly #parts: TileParts;
  /** Vectors of a panel. */
  readonly #vectors: number;
  /** Which lanes of the last vector are columns; all, if absent. */
  readonly #mask: LaneMask | undefined;

  constructor(parts: TileParts, vectors: number, mask: LaneMask | undefined) {
    this.#parts = parts;
    this.#vectors = vectors;
    this.#mask = mask;
  }

  /** One image, or two side by side; then z stands at the next. */
  sum(count: 1 | 2, images: Images): void {
    const { image, z, offsets, W, rowBytes } = images;
    const { code, cpu, registers, args } = this.#parts;
    const sums = Array.from({ length: count }, (_, i) => registers.vecs(`sums of image ${i}`, this.#vectors));
    const [x, product] = [registers.vec("x"), registers.vec("product")];
    const [pixel, byte] = [registers.gpr("pixel"), registers.gpr("byte")];
    const lists = Array.from({ length: count }, (_, i) => registers.gpr(`list ${i}`));
    const bytes = Array.from({ length: count }, (_, i) => registers.gpr(`bytes of list ${i}`));
    for (const i of sums.keys()) {
      const [list, size] = [lists[i] as Gpr, bytes[i] as Gpr];
      code.mov(pixel.dword, at(image, 4 * i));
      code.imul(pixel, kept.offsetBytes);
      code.add(pixel, offsets);
      code.mov(list, kept.bandFrom);
      code.mov(list.dword, at(pixel, 0, list, 4));
      code.mov(size, kept.bandTo);
      code.mov(size.dword, at(pixel, 0, size, 4));
      code.sub(size, list);
      code.add(list, args.memory);
    }
    this.#start(sums, images, pixel);
    const add = (word: Memory, sumsOfImage: readonly Vec[]) => {
      readWord(this.#parts, word, { pixel, byte }, x);
      code.imul(pixel, rowBytes);
      for (const [v, sum] of sumsOfImage.entries()) {
        // s_j += x_l · W[l, j]
        this.#multiply(product, x, at(W, v * cpu.bytes, pixel), this.#maskOf(v));
        code.vaddps(sum, sum, product);
      }
    };
    if (count === 2) {
      const both = registers.gpr("bytes of the shorter list");
      const [first, second] = bytes as [Gpr, Gpr];
      code.mov(both, first);
      code.cmp(both, second);
      code.cmov("a", both, second);
      code.sub(first, both);
      code.sub(second, both);
      forWords(this.#parts, lists, both, (words) => {
        for (const [i, word] of words.entries()) add(word, sums[i] as Vec[]);
      });
      registers.free(both);
    }
    for (const [i, list] of lists.entries()) {
      forWords(this.#parts, [list], bytes[i] as Gpr, ([word]) => add(word as Memory, sums[i] as Vec[]));
    }
    code.mov(pixel, kept.bandTo);
    code.cmp(pixel.dword, this.#word(places.PIXELS_BANDS));
    when(code, "e", () => this.#addBias(sums, product, pixel));
    for (const sumsOfImage of sums) {
      for (const [v, sum] of sumsOfImage.entries()) cpu.store(at(z, v * cpu.bytes), sum, this.#maskOf(v));
      code.add(z, rowBytes);
    }
    registers.free(...sums.flat(), x, product, pixel, byte, ...lists, ...bytes);
  }

  /** The sums of the bands so far: those of the first bands start at +0, and ask for the lists of later images. */
  #start(sums: readonly Vec[][], images: Images, from: Gpr): void {
    const { code, cpu } = this.#parts;
    const [first, end] = [code.label("first bands"), code.label("started")];
    code.mov(from, kept.bandFrom);
    code.test(from, from);
    code.jcc("e", first);
    code.mov(from, images.z);
    for (const sumsOfImage of sums) {
      for (const [v, sum] of sumsOfImage.entries()) cpu.load(sum, at(from, v * cpu.bytes), this.#maskOf(v));
      code.add(from, images.rowBytes);
    }
    code.jmp(end);
    code.place(first);
    for (const vector of sums.flat()) cpu.zero(vector);
    this.#fetchAhead(sums.length, images);
    code.place(end);
  }

  /** product = x · memory in the lanes of the mask, without touching the memory of the others. */
  #multiply(product: Vec, x: Vec, from: Memory, mask: LaneMask | undefined): void {
    const { code, cpu } = this.#parts;
    if (mask === undefined) code.vmulps(product, x, from);
    else if (mask instanceof Mask) code.vmulps(product, x, from, { mask, zero: true });
    else {
      cpu.load(product, from, mask);
      code.vmulps(product, x, product);
    }
  }

  #addBias(sums: readonly Vec[][], bias: Vec, from: Gpr): void {
    const { code, cpu, args } = this.#parts;
    code.mov(from.dword, this.#word(places.PIXELS_BIAS));
    code.test(from, from);
    when(code, "ne", () => {
      code.add(from, args.memory);
      code.add(from, kept.columnBytes);
      for (let v = 0; v < this.#vectors; v++) {
        cpu.load(bias, at(from, v * cpu.bytes), this.#maskOf(v));
        for (const sumsOfImage of sums) code.vaddps(sumsOfImage[v] as Vec, sumsOfImage[v] as Vec, bias);
      }
    });
  }

  /**
   * Asks for the lists of images that come later, and for the offsets of those after them: an image's list is found
   * only by its offsets. They may be the next tile's, but stay within the batch.
   */
  #fetchAhead(count: number, { image, offsets }: Images): void {
    const { code, registers } = this.#parts;
    const later = registers.gpr("image to fetch");
    const seek = (images: number) => {
      code.lea(later, at(image, 4 * images));
      code.cmp(later, kept.lastImage);
      code.cmov("a", later, kept.lastImage);
    };
    for (let i = 0; i < count; i++) {
      seek(AHEAD + i);
      fetchList(this.#parts, at(later), offsets, kept.offsetBytes);
      seek(2 * AHEAD + i);
      code.mov(later.dword, at(later));
      code.imul(later, kept.offsetBytes);
      code.prefetcht0(at(offsets, 0, later));
    }
    registers.free(later);
  }

  #maskOf(vector: number): LaneMask | undefined {
    return vector === this.#vectors - 1 ? this.#mask : undefined;
  }

  #word(offset: number): Memory {
    return argument(this.#parts, offset);
  }
}
