/**
 * What the gradients of the first layer have in common: sums over the images of a block, along their lists of pixels
 * that are not 0 (pixel-lists.ts).
 *
 *   sums[l, j] = Σ_i x[i, l] · δ[i, j], i ascending over a block of 128 images, from +0
 *
 *   x (m × k)   δ (m × n)   sums (pixels of some bands × some columns)
 *
 * A row of δ stays in registers while an image's list is read, and its products are added to sums in memory.
 */
import { loop } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import type { Gpr, Vec, Width } from "../assembler/registers.ts";
import { argument, layout, loadAddress, places, type TileParts } from "./kernel.ts";
import { AHEAD, fetchList, forWords, readWord, slot } from "./pixel-lists.ts";

const { BAND, BLOCK } = layout;

// What the stack keeps; from the eighth slot on it is the kernel's.

/** Bytes before the columns, of an image's offsets, of a row of δ. */
export const COLUMN_BYTES = slot(1);
export const OFFSET_BYTES = slot(2);
export const DELTA_BYTES = slot(3);
/** The bands whose sums are made now, and the end of all of this tile. */
export const BAND_FROM = slot(4);
const BAND_TO = slot(5);
const BAND_END = slot(6);
const LAST_IMAGE = slot(7);

/** One vector of a pixel's sums. */
export interface Part {
  /** Bytes before it. */
  readonly at: number;
  readonly width: Width;
  /** Which lanes of memory are columns; all, if absent. */
  readonly mask?: LaneMask | undefined;
}

/** The sums of a pixel. */
export interface Row {
  readonly parts: readonly Part[];
  readonly bytes: number;
  /** Bands whose sums are made at a time. */
  readonly bands: number;
}

export class PixelSums {
  readonly parts: TileParts;

  constructor(parts: TileParts) {
    this.parts = parts;
  }

  /** Bytes of an image's offsets and of a row of δ: to the stack. */
  protected keepSizes(): void {
    const { code, registers } = this.parts;
    const bytes = registers.gpr("bytes");
    code.mov(bytes.dword, this.word(places.PIXELS_BANDS));
    code.inc(bytes);
    code.shl(bytes, 2);
    code.mov(OFFSET_BYTES, bytes);
    code.mov(bytes.dword, this.word(places.PIXELS_COLUMNS));
    code.shl(bytes, 2);
    code.mov(DELTA_BYTES, bytes);
    registers.free(bytes);
  }

  /** The body for some bands at a time, from `from` to before `to`; the stack says which. Frees both registers. */
  protected bands(row: Row, from: Gpr, to: Gpr, body: () => void): void {
    const { code, registers } = this.parts;
    const [next, end] = [code.label("next bands"), code.label("no more bands")];
    const limit = registers.gpr("bands of an image");
    code.mov(BAND_FROM, from);
    code.mov(limit.dword, this.word(places.PIXELS_BANDS));
    code.cmp(to, limit);
    code.cmov("a", to, limit);
    code.mov(BAND_END, to);
    registers.free(from, to, limit);
    code.place(next);
    const band = registers.gpr("band");
    const last = registers.gpr("end");
    code.mov(band, BAND_FROM);
    code.mov(last, BAND_END);
    code.cmp(band, last);
    code.jcc("ae", end);
    code.add(band, row.bands);
    code.cmp(band, last);
    code.cmov("a", band, last);
    code.mov(BAND_TO, band);
    registers.free(band, last);
    body();
    const done = registers.gpr("end of the bands");
    code.mov(done, BAND_TO);
    code.mov(BAND_FROM, done);
    registers.free(done);
    code.jmp(next);
    code.place(end);
  }

  /** pixels = those of the bands; `first`: the number of the first. */
  protected pixels(pixels: Gpr, first: Gpr): void {
    const { code, registers } = this.parts;
    const all = registers.gpr("pixels of an image");
    code.mov(pixels, BAND_TO);
    code.imul(pixels, pixels, BAND);
    code.mov(all.dword, this.word(places.PIXELS_PER_IMAGE));
    code.cmp(pixels, all);
    code.cmov("a", pixels, all);
    code.mov(first, BAND_FROM);
    code.imul(first, first, BAND);
    code.sub(pixels, first);
    registers.free(all);
  }

  /**
   * Sums x_l · δ_i over the images of a block (if none is given, of the only one), for the pixels of the bands, from
   * +0. Their sums stand at `sums`.
   */
  protected addImages(row: Row, sums: Gpr, block?: Memory): void {
    const { code, cpu, registers, args } = this.parts;
    const gprs = (...names: readonly string[]) => names.map((name) => registers.gpr(name));
    const [before, bytes] = gprs("bytes before", "bytes of the sums") as [Gpr, Gpr];
    this.pixels(bytes, before);
    code.imul(bytes, bytes, row.bytes);
    code.imul(before, before, row.bytes);
    this.clear(sums, bytes);
    code.sub(sums, before);
    registers.free(before, bytes);
    const [image, delta, offsets, left] = gprs("image", "δ of an image", "offsets", "images") as [Gpr, Gpr, Gpr, Gpr];
    code.mov(left.dword, this.word(places.PIXELS_ROWS));
    loadAddress(this.parts, image, places.PIXELS_ORDER);
    loadAddress(this.parts, delta, places.PIXELS_DELTA);
    code.add(delta, COLUMN_BYTES);
    if (block !== undefined) {
      code.lea(offsets, at(image, -4, left, 4));
      code.mov(LAST_IMAGE, offsets);
      // images = min(128, rows − block · 128)
      code.mov(offsets, block);
      code.shl(offsets, Math.log2(BLOCK));
      code.lea(image, at(image, 0, offsets, 4));
      code.sub(left, offsets);
      code.imul(offsets, DELTA_BYTES);
      code.add(delta, offsets);
      code.mov(offsets, BLOCK);
      code.cmp(left, offsets);
      code.cmov("a", left, offsets);
    }
    loadAddress(this.parts, offsets, places.PIXELS_OFFSETS);
    const d = row.parts.map(({ at, width }) => registers.vec(`δ from byte ${at}`).as(width));
    const [x, product] = [registers.vec("x"), registers.vec("product")];
    const [list, end, pixel, byte] = gprs("list", "end of a list", "pixel", "byte") as [Gpr, Gpr, Gpr, Gpr];
    loop(code, left, () => {
      if (block !== undefined) {
        // The lists of a full batch come from memory: this one is asked for ahead.
        code.lea(list, at(image, 4 * AHEAD));
        code.cmp(list, LAST_IMAGE);
        code.cmov("a", list, LAST_IMAGE);
        fetchList(this.parts, at(list), offsets, OFFSET_BYTES);
      }
      for (const [v, part] of row.parts.entries()) cpu.load(d[v] as Vec, at(delta, part.at), part.mask);
      code.mov(pixel.dword, at(image));
      code.imul(pixel, OFFSET_BYTES);
      code.add(pixel, offsets);
      code.mov(list, BAND_FROM);
      code.mov(list.dword, at(pixel, 0, list, 4));
      code.mov(end, BAND_TO);
      code.mov(end.dword, at(pixel, 0, end, 4));
      code.sub(end, list);
      code.add(list, args.memory);
      forWords(this.parts, [list], end, ([word]) => {
        readWord(this.parts, word as Memory, { pixel, byte }, x);
        this.multiplyPixel(pixel, row.bytes);
        // An address without an index: its load stays one step with the addition.
        code.add(pixel, sums);
        for (const [v, { at: bytesBefore, width }] of row.parts.entries()) {
          const [place, to] = [at(pixel, bytesBefore), product.as(width)];
          // sums[l, j] += x_l · δ_j
          code.vmulps(to, x.as(width), d[v] as Vec);
          code.vaddps(to, to, place);
          code.vmovups(place, to);
        }
      });
      code.add(image, 4);
      code.add(delta, DELTA_BYTES);
    });
    registers.free(image, delta, offsets, left, ...d, x, product, list, end, pixel, byte);
  }

  /** pixel = pixel · bytes */
  private multiplyPixel(pixel: Gpr, bytes: number): void {
    const shift = Math.log2(bytes);
    if (Number.isInteger(shift)) this.parts.code.shl(pixel, shift);
    else this.parts.code.imul(pixel, pixel, bytes);
  }

  /** Fills with 0; `bytes` is a multiple of 16, and is lost. */
  private clear(from: Gpr, bytes: Gpr): void {
    const { code, cpu, registers } = this.parts;
    const [to, zero] = [registers.gpr("to clear"), registers.vec("zero")];
    code.mov(to, from);
    cpu.zero(zero);
    for (const width of [cpu.width, 128] as const) {
      loop(
        code,
        bytes,
        () => {
          code.vmovups(at(to), zero.as(width));
          code.add(to, width / 8);
        },
        width / 8,
      );
    }
    registers.free(to, zero);
  }

  protected word(place: number): Memory {
    return argument(this.parts, place);
  }
}
