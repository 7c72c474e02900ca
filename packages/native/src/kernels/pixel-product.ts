/**
 * The first layer on images: x·W along lists of pixels that are not 0 (pixel-lists.ts).
 *
 *   z[i, j] = Σ_l x[i, l] · W[l, j], l ascending along image i's list, from +0;  then + bias[j]
 *
 *   z (m × n)   W (k × n)   bias (1 × n) or none
 *
 * WebAssembly takes 16 columns of some images a tile. Here a tile is its share of the images, with all columns: the
 * caller's number of tiles says how large a share is. The sums of two images stay in registers, as many columns as
 * there is room for. The images go side by side to the end of the shorter list, then each alone: an addition takes four
 * cycles, and two chains of them wait half as long.
 *
 * Measured on one Intel core (3.56 GHz, 48 kB and 2 MB of cache), nanoseconds an image of MNIST with 150 pixels:
 *
 *                               WebAssembly   256 bits   512 bits
 *   128 images by 128 columns      1840         1020        660
 *   128 images by 30                530          300        265
 *   128 images by 10                280          210        175    (in order, 41,000 images: 199, 147, 118)
 *
 * Limits. 10 columns: two cycles a pixel, the chain of additions, is 85 ns; the rest is waiting for lists of a shuffled
 * batch (without asking ahead 400 ns; with every second line or the first six only, 220 to 260). 30 columns: rows of W
 * come from the second cache and cross lines. 128: arithmetic would take 350; without bands of W it was 780. 256-bit
 * vectors with AVX-512 were slower by 8 % here, for 10 and 30 columns too; on Zen 4 they are faster by 10 to 20 % there.
 * Decoding a whole list first (rows and x, sixteen words at once) halves the instructions and gains nothing.
 */
import { loop, when } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import { type Gpr, Mask, rax, rdx, type Vec } from "../assembler/registers.ts";
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
import { AHEAD, fetchList, forWords, readWord, slot } from "./pixel-lists.ts";
import { panelForm, panelOf } from "./pixel-panels.ts";

/** Its forms are those of pixel-panels.ts. */
export const pixelProduct: NativeKernel = {
  operation: layout.PIXEL_PRODUCT,
  formOf: (words) => panelForm(wordAt(words, places.PIXELS_COLUMNS)),
  write: (level, form) => tileCode(level, (parts) => new PixelProductTile(parts, form).write()),
};

/** What the stack keeps: of the tile, and the bands that are taken now. */
const FIRST_IMAGE = slot(1);
const FIRST_Z = slot(2);
const IMAGES = slot(3);
const COLUMN_BYTES = slot(4);
const OFFSET_BYTES = slot(5);
const LAST_IMAGE = slot(6);
const BAND_FROM = slot(7);
const BAND_TO = slot(8);

/**
 * Of SEVERAL images or more, a panel with rows of WIDE bytes or more is taken band after band: the rows of W for a band
 * then stay in a core's nearest cache, and z holds the sums between two bands.
 */
const WIDE = 256;
const SEVERAL = 8;

/** Vectors of a panel. At 256 bits 6 + 6 of 16 registers are two images' sums, others hold x, a product and a mask. */
const MOST_VECTORS = { avx2: [6, 5, 4], avx512: [8] };

/** Registers of the loop over images. */
interface Images {
  readonly image: Gpr;
  readonly z: Gpr;
  readonly left: Gpr;
  readonly offsets: Gpr;
  readonly W: Gpr;
  readonly rowBytes: Gpr;
}

class PixelProductTile {
  readonly parts: TileParts;
  /** Vectors of a panel. */
  readonly vectors: number;
  /** Whether all columns are one panel. */
  readonly isOne: boolean;

  constructor(parts: TileParts, form: number) {
    this.parts = parts;
    const { vectors, isOne } = panelOf(form, parts.cpu.lanes, MOST_VECTORS[parts.cpu.level]);
    this.vectors = vectors;
    this.isOne = isOne;
  }

  write(): void {
    const { code, registers, args } = this.parts;
    registers.free(args.scratch);
    const images = this.place();
    registers.free(args.tile);
    this.fetchFirst(images);
    const mask = this.isOne ? this.mask() : undefined;
    const panel = code.label("panel");
    code.place(panel);
    this.bands(images, mask);
    if (!this.isOne) this.nextPanel(images, panel);
  }

  /** Bytes of a panel's columns. */
  private get panelBytes(): number {
    return this.vectors * this.parts.cpu.bytes;
  }

  /** Which images are this tile's: fills registers and the stack. */
  private place(): Images {
    const { code, registers, args, exit } = this.parts;
    const [row, rest] = [registers.claim(rax, "row"), registers.claim(rdx, "rest")];
    const [tiles, most, pairs] = [registers.gpr("tiles"), registers.gpr("images of a tile"), registers.gpr("pairs")];
    // tiles = ⌈columns / SUM_COLUMNS⌉ · ⌈rows / images of a tile⌉, as the caller counts
    code.mov(tiles.dword, this.word(places.PIXELS_COLUMNS));
    code.add(tiles.dword, layout.SUM_COLUMNS - 1);
    code.shr(tiles.dword, Math.log2(layout.SUM_COLUMNS));
    code.mov(most.dword, this.word(places.PIXELS_TILE));
    code.mov(row.dword, this.word(places.PIXELS_ROWS));
    code.lea(pairs, at(row, 1));
    code.shr(pairs, 1);
    code.lea(row, at(row, -1, most));
    code.mov(rest.dword, 0);
    code.div(most.dword);
    code.imul(tiles, row);
    // size = 2 · ⌈pairs / tiles⌉, first = tile · size
    code.lea(row, at(pairs, -1, tiles));
    code.mov(rest.dword, 0);
    code.div(tiles.dword);
    const size = most;
    code.lea(size, at(row, 0, row));
    code.mov(row, size);
    code.imul(row, args.tile);
    // images = min(size, rows − first)
    const left = pairs;
    code.mov(left.dword, this.word(places.PIXELS_ROWS));
    code.sub(left, row);
    code.jcc("be", exit);
    code.cmp(left, size);
    code.cmov("a", left, size);
    code.mov(IMAGES, left);
    registers.free(size, rest, tiles);
    const [z, rowBytes, image] = [registers.gpr("z"), registers.gpr("bytes of a row"), registers.gpr("image")];
    code.mov(rowBytes.dword, this.word(places.PIXELS_COLUMNS));
    code.shl(rowBytes, 2);
    loadAddress(this.parts, image, places.PIXELS_ORDER);
    code.mov(z.dword, this.word(places.PIXELS_ROWS));
    code.lea(z, at(image, -4, z, 4));
    code.mov(LAST_IMAGE, z);
    code.lea(image, at(image, 0, row, 4));
    code.mov(FIRST_IMAGE, image);
    loadAddress(this.parts, z, places.PIXELS_OUT);
    code.imul(row, rowBytes);
    code.add(z, row);
    code.mov(FIRST_Z, z);
    // The offsets of an image: its bands, and the end
    code.mov(row.dword, this.word(places.PIXELS_BANDS));
    code.lea(row, at(row, 1));
    code.shl(row, 2);
    code.mov(OFFSET_BYTES, row);
    registers.free(row);
    const [offsets, W] = [registers.gpr("offsets"), registers.gpr("W")];
    loadAddress(this.parts, offsets, places.PIXELS_OFFSETS);
    loadAddress(this.parts, W, places.PIXELS_W);
    code.mov(image.dword, 0);
    code.mov(COLUMN_BYTES, image);
    return { image, z, left, offsets, W, rowBytes };
  }

  /** Asks for the lists of the first images. The loop over images asks for the others, AHEAD images before their turn. */
  private fetchFirst({ image, left, offsets }: Images): void {
    const { code, registers } = this.parts;
    const most = registers.gpr("images to fetch first");
    code.mov(most, AHEAD);
    code.cmp(left, most);
    code.cmov("a", left, most);
    registers.free(most);
    code.mov(image, FIRST_IMAGE);
    loop(code, left, () => {
      fetchList(this.parts, at(image), offsets, OFFSET_BYTES);
      code.add(image, 4);
    });
  }

  /**
   * Asks for the lists of images that come later, and for the offsets of those after them: an image's list is found
   * only by its offsets. They may be the next tile's, but stay within the batch.
   */
  private fetchAhead(count: number, { image, offsets }: Images): void {
    const { code, registers } = this.parts;
    const later = registers.gpr("image to fetch");
    const seek = (images: number) => {
      code.lea(later, at(image, 4 * images));
      code.cmp(later, LAST_IMAGE);
      code.cmov("a", later, LAST_IMAGE);
    };
    for (let i = 0; i < count; i++) {
      seek(AHEAD + i);
      fetchList(this.parts, at(later), offsets, OFFSET_BYTES);
      seek(2 * AHEAD + i);
      code.mov(later.dword, at(later));
      code.imul(later, OFFSET_BYTES);
      code.prefetcht0(at(offsets, 0, later));
    }
    registers.free(later);
  }

  /** The lanes of the last vector that are columns. */
  private mask(): LaneMask {
    const { code, cpu, registers } = this.parts;
    const columns = registers.gpr("columns of the last vector");
    code.mov(columns.dword, this.word(places.PIXELS_COLUMNS));
    code.sub(columns.dword, (this.vectors - 1) * cpu.lanes);
    const mask = cpu.firstLanes("columns of the last vector", columns);
    registers.free(columns);
    return mask;
  }

  /** The columns of a panel of all images, band after band where that pays. */
  private bands(images: Images, mask: LaneMask | undefined): void {
    const { code, cpu, registers } = this.parts;
    const bands = this.word(places.PIXELS_BANDS);
    const [next, band] = [code.label("next band"), registers.gpr("band")];
    code.mov(band.dword, 0);
    code.mov(BAND_TO, band);
    code.place(next);
    code.mov(band, BAND_TO);
    code.mov(BAND_FROM, band);
    if (this.vectors * cpu.bytes >= WIDE) {
      const [images, all] = [registers.gpr("images"), registers.gpr("bands")];
      code.inc(band);
      code.mov(images, IMAGES);
      code.mov(all.dword, bands);
      code.cmp(images, SEVERAL);
      code.cmov("b", band, all);
      registers.free(images, all);
    } else code.mov(band.dword, bands);
    code.mov(BAND_TO, band);
    registers.free(band);
    this.rows(images, mask);
    const done = registers.gpr("bands done");
    code.mov(done, BAND_TO);
    code.cmp(done.dword, bands);
    registers.free(done);
    code.jcc("b", next);
  }

  /** All images: in pairs, and one that is left. */
  private rows(images: Images, mask: LaneMask | undefined): void {
    const { code } = this.parts;
    const { image, z, left } = images;
    const [pair, end] = [code.label("pair"), code.label("no pair left")];
    code.mov(image, FIRST_IMAGE);
    code.mov(z, FIRST_Z);
    code.mov(left, IMAGES);
    code.sub(left, 2);
    code.jcc("l", end);
    code.place(pair);
    this.sum(2, images, mask);
    code.add(image, 8);
    code.sub(left, 2);
    code.jcc("ge", pair);
    code.place(end);
    code.cmp(left, -1);
    when(code, "e", () => this.sum(1, images, mask));
  }

  /** One image, or two side by side; then z stands at the next. */
  private sum(count: 1 | 2, images: Images, mask: LaneMask | undefined): void {
    const { image, z, offsets, W, rowBytes } = images;
    const { code, cpu, registers, args } = this.parts;
    const sums = Array.from({ length: count }, (_, i) => registers.vecs(`sums of image ${i}`, this.vectors));
    const [x, product] = [registers.vec("x"), registers.vec("product")];
    const [pixel, byte] = [registers.gpr("pixel"), registers.gpr("byte")];
    const lists = Array.from({ length: count }, (_, i) => registers.gpr(`list ${i}`));
    const bytes = Array.from({ length: count }, (_, i) => registers.gpr(`bytes of list ${i}`));
    for (const i of sums.keys()) {
      const [list, size] = [lists[i] as Gpr, bytes[i] as Gpr];
      code.mov(pixel.dword, at(image, 4 * i));
      code.imul(pixel, OFFSET_BYTES);
      code.add(pixel, offsets);
      code.mov(list, BAND_FROM);
      code.mov(list.dword, at(pixel, 0, list, 4));
      code.mov(size, BAND_TO);
      code.mov(size.dword, at(pixel, 0, size, 4));
      code.sub(size, list);
      code.add(list, args.memory);
    }
    this.start(sums, images, mask, pixel);
    const add = (word: Memory, sumsOfImage: readonly Vec[]) => {
      readWord(this.parts, word, { pixel, byte }, x);
      code.imul(pixel, rowBytes);
      for (const [v, sum] of sumsOfImage.entries()) {
        // s_j += x_l · W[l, j]
        this.multiply(product, x, at(W, v * cpu.bytes, pixel), this.maskOf(v, mask));
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
      forWords(this.parts, lists, both, (words) => {
        for (const [i, word] of words.entries()) add(word, sums[i] as Vec[]);
      });
      registers.free(both);
    }
    for (const [i, list] of lists.entries()) {
      forWords(this.parts, [list], bytes[i] as Gpr, ([word]) => add(word as Memory, sums[i] as Vec[]));
    }
    code.mov(pixel, BAND_TO);
    code.cmp(pixel.dword, this.word(places.PIXELS_BANDS));
    when(code, "e", () => this.addBias(sums, product, pixel, mask));
    for (const sumsOfImage of sums) {
      for (const [v, sum] of sumsOfImage.entries()) cpu.store(at(z, v * cpu.bytes), sum, this.maskOf(v, mask));
      code.add(z, rowBytes);
    }
    registers.free(...sums.flat(), x, product, pixel, byte, ...lists, ...bytes);
  }

  /** The sums of the bands so far: those of the first bands start at +0, and ask for the lists of later images. */
  private start(sums: readonly Vec[][], images: Images, mask: LaneMask | undefined, place: Gpr): void {
    const { code, cpu } = this.parts;
    const [first, end] = [code.label("first bands"), code.label("started")];
    code.mov(place, BAND_FROM);
    code.test(place, place);
    code.jcc("e", first);
    code.mov(place, images.z);
    for (const sumsOfImage of sums) {
      for (const [v, sum] of sumsOfImage.entries()) cpu.load(sum, at(place, v * cpu.bytes), this.maskOf(v, mask));
      code.add(place, images.rowBytes);
    }
    code.jmp(end);
    code.place(first);
    for (const vector of sums.flat()) cpu.zero(vector);
    this.fetchAhead(sums.length, images);
    code.place(end);
  }

  /** product = x · memory in the lanes of the mask, without touching the memory of the others. */
  private multiply(product: Vec, x: Vec, from: Memory, mask: LaneMask | undefined): void {
    const { code, cpu } = this.parts;
    if (mask === undefined) code.vmulps(product, x, from);
    else if (mask instanceof Mask) code.vmulps(product, x, from, { mask, zero: true });
    else {
      cpu.load(product, from, mask);
      code.vmulps(product, x, product);
    }
  }

  private addBias(sums: readonly Vec[][], bias: Vec, from: Gpr, mask: LaneMask | undefined): void {
    const { code, cpu, args } = this.parts;
    code.mov(from.dword, this.word(places.PIXELS_BIAS));
    code.test(from, from);
    when(code, "ne", () => {
      code.add(from, args.memory);
      code.add(from, COLUMN_BYTES);
      for (let v = 0; v < this.vectors; v++) {
        cpu.load(bias, at(from, v * cpu.bytes), this.maskOf(v, mask));
        for (const sumsOfImage of sums) code.vaddps(sumsOfImage[v] as Vec, sumsOfImage[v] as Vec, bias);
      }
    });
  }

  /**
   * Goes on with the next panel, if there is one. The last panel ends with the last column: some columns are then
   * computed twice, and no panel needs a mask.
   */
  private nextPanel({ W, rowBytes }: Images, panel: Parameters<TileParts["code"]["jmp"]>[0]): void {
    const { code, registers, exit } = this.parts;
    const [column, last] = [registers.gpr("column"), registers.gpr("last panel")];
    code.mov(column, COLUMN_BYTES);
    code.lea(last, at(rowBytes, -this.panelBytes));
    code.cmp(column, last);
    code.jcc("ae", exit);
    const next = registers.gpr("next panel");
    code.lea(next, at(column, this.panelBytes));
    code.cmp(next, last);
    code.cmov("a", next, last);
    code.mov(COLUMN_BYTES, next);
    code.sub(next, column);
    code.add(W, next);
    code.add(FIRST_Z, next);
    registers.free(column, last, next);
    code.jmp(panel);
  }

  private maskOf(vector: number, mask: LaneMask | undefined): LaneMask | undefined {
    return vector === this.vectors - 1 ? mask : undefined;
  }

  private word(place: number): Memory {
    return argument(this.parts, place);
  }
}
