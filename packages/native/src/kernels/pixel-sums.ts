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
import { AHEAD, fetchList, forWords, readWord } from "./pixel-lists.ts";
import { slots } from "./slots.ts";

const { BAND, BLOCK } = layout;

/**
 * What the stack keeps: bytes before the columns, of an image's offsets and of a row of δ; the bands whose sums are
 * made now, and the end of all of this tile; where the number of the batch's last image stands.
 */
export const kept = slots(["columnBytes", "offsetBytes", "deltaBytes", "bandFrom", "bandTo", "bandEnd", "lastImage"]);

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
    code.mov(kept.offsetBytes, bytes);
    code.mov(bytes.dword, this.word(places.PIXELS_COLUMNS));
    code.shl(bytes, 2);
    code.mov(kept.deltaBytes, bytes);
    registers.free(bytes);
  }

  /** The body for some bands at a time, from `from` to before `to`; the stack says which. Frees both registers. */
  protected bands(row: Row, from: Gpr, to: Gpr, body: () => void): void {
    const { code, registers } = this.parts;
    const [next, end] = [code.label("next bands"), code.label("no more bands")];
    const limit = registers.gpr("bands of an image");
    code.mov(kept.bandFrom, from);
    code.mov(limit.dword, this.word(places.PIXELS_BANDS));
    code.cmp(to, limit);
    code.cmov("a", to, limit);
    code.mov(kept.bandEnd, to);
    registers.free(from, to, limit);
    code.place(next);
    const band = registers.gpr("band");
    const last = registers.gpr("end");
    code.mov(band, kept.bandFrom);
    code.mov(last, kept.bandEnd);
    code.cmp(band, last);
    code.jcc("ae", end);
    code.add(band, row.bands);
    code.cmp(band, last);
    code.cmov("a", band, last);
    code.mov(kept.bandTo, band);
    registers.free(band, last);
    body();
    const done = registers.gpr("end of the bands");
    code.mov(done, kept.bandTo);
    code.mov(kept.bandFrom, done);
    registers.free(done);
    code.jmp(next);
    code.place(end);
  }

  /** pixels = those of the bands; `first`: the number of the first. */
  protected pixels(pixels: Gpr, first: Gpr): void {
    const { code, registers } = this.parts;
    const all = registers.gpr("pixels of an image");
    code.mov(pixels, kept.bandTo);
    code.imul(pixels, pixels, BAND);
    code.mov(all.dword, this.word(places.PIXELS_PER_IMAGE));
    code.cmp(pixels, all);
    code.cmov("a", pixels, all);
    code.mov(first, kept.bandFrom);
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
    this.#clear(sums, bytes);
    code.sub(sums, before);
    registers.free(before, bytes);
    const [image, delta, offsets, left] = gprs("image", "δ of an image", "offsets", "images") as [Gpr, Gpr, Gpr, Gpr];
    code.mov(left.dword, this.word(places.PIXELS_ROWS));
    loadAddress(this.parts, image, places.PIXELS_ORDER);
    loadAddress(this.parts, delta, places.PIXELS_DELTA);
    code.add(delta, kept.columnBytes);
    if (block !== undefined) {
      code.lea(offsets, at(image, -4, left, 4));
      code.mov(kept.lastImage, offsets);
      // images = min(128, rows − block · 128)
      code.mov(offsets, block);
      code.shl(offsets, Math.log2(BLOCK));
      code.lea(image, at(image, 0, offsets, 4));
      code.sub(left, offsets);
      code.imul(offsets, kept.deltaBytes);
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
        code.cmp(list, kept.lastImage);
        code.cmov("a", list, kept.lastImage);
        fetchList(this.parts, at(list), offsets, kept.offsetBytes);
      }
      for (const [v, part] of row.parts.entries()) cpu.load(d[v] as Vec, at(delta, part.at), part.mask);
      code.mov(pixel.dword, at(image));
      code.imul(pixel, kept.offsetBytes);
      code.add(pixel, offsets);
      code.mov(list, kept.bandFrom);
      code.mov(list.dword, at(pixel, 0, list, 4));
      code.mov(end, kept.bandTo);
      code.mov(end.dword, at(pixel, 0, end, 4));
      code.sub(end, list);
      code.add(list, args.memory);
      forWords(this.parts, [list], end, ([word]) => {
        readWord(this.parts, word as Memory, { pixel, byte }, x);
        this.#multiplyPixel(pixel, row.bytes);
        // An address without an index: its load stays one step with the addition.
        code.add(pixel, sums);
        for (const [v, { at: bytesBefore, width }] of row.parts.entries()) {
          const [sum, to] = [at(pixel, bytesBefore), product.as(width)];
          // sums[l, j] += x_l · δ_j
          code.vmulps(to, x.as(width), d[v] as Vec);
          code.vaddps(to, to, sum);
          code.vmovups(sum, to);
        }
      });
      code.add(image, 4);
      code.add(delta, kept.deltaBytes);
    });
    registers.free(image, delta, offsets, left, ...d, x, product, list, end, pixel, byte);
  }

  /** pixel = pixel · bytes */
  #multiplyPixel(pixel: Gpr, bytes: number): void {
    const shift = Math.log2(bytes);
    if (Number.isInteger(shift)) this.parts.code.shl(pixel, shift);
    else this.parts.code.imul(pixel, pixel, bytes);
  }

  /** Fills with 0; `bytes` is a multiple of 16, and is lost. */
  #clear(from: Gpr, bytes: Gpr): void {
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

  protected word(offset: number): Memory {
    return argument(this.parts, offset);
  }
}
