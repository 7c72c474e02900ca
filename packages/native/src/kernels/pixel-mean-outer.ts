/**
 * The first layer's gradient on images: dW = xᵀ·δ / m along lists of pixels that are not 0 (pixel-lists.ts).
 *
 *   dW[l, j] = (Σ_i x[i, l] · δ[i, j]) / m, i ascending over the images of one block, from +0
 *
 *   x (m × k)   δ (m × n)   dW (k × n)
 *
 * A batch of more than one block is summed by groups of blocks (pixel-groups.ts). Of one block WebAssembly takes 32
 * columns of some bands of pixels a tile. Here a tile is its share of the bands, with all columns: the caller's number
 * of tiles says how large a share is. All columns of a band have their sums in a core's nearest cache, and a word of a
 * list is decoded once for 128 columns.
 *
 * Measured on one Intel core (3.56 GHz, 48 kB and 2 MB of cache), nanoseconds an image of MNIST with 150 pixels:
 *
 *                               WebAssembly   256 bits   512 bits
 *   128 images by 128 columns      1750         1110        840
 *   128 images by 30                429          308        268
 *   128 images by 10                228          175        160
 *   10 images by 30                1740          670        610    (most of it clears, divides and stores all of dW)
 *
 * Limit: to load, multiply, add and store the sums of a vector takes 2.4 to 2.6 cycles at 512 bits and 2.0 at 256,
 * however few other instructions there are.
 */
import { loop } from "../assembler/flow.ts";
import { at, type Label } from "../assembler/memory.ts";
import { type Gpr, Mask, r8, rax, rdx, type Vec } from "../assembler/registers.ts";
import { layout, loadAddress, type NativeKernel, places, type TileParts, tileCode, wordAt } from "./kernel.ts";
import { GroupTile } from "./pixel-groups.ts";
import { lastLanes, nextColumns, panelForm, panelOf } from "./pixel-panels.ts";
import { kept, PixelSums, type Row } from "./pixel-sums.ts";

const { ADD_COLUMNS, BAND } = layout;

/** The form of several blocks; those of one block are numbers of vectors (pixel-panels.ts), from 1 on. */
const GROUP = 0;

export const pixelMeanOuter: NativeKernel = {
  operation: layout.PIXEL_MEAN_OUTER,
  formOf: (words) =>
    wordAt(words, places.PIXELS_SUMS) === 0 ? panelForm(wordAt(words, places.PIXELS_COLUMNS)) : GROUP,
  write: (level, form) =>
    tileCode(level, (parts) => (form === GROUP ? new GroupTile(parts) : new MeanOuterTile(parts, form)).write()),
};

/** The caller's number of tiles for one block (PixelProducts.meanOuter); the code below finds it in the same way. */
export function meanOuterTiles(words: Int32Array): number {
  const [columns, bands] = [wordAt(words, places.PIXELS_COLUMNS), wordAt(words, places.PIXELS_BANDS)];
  return Math.ceil(columns / ADD_COLUMNS) * Math.ceil(bands / wordAt(words, places.PIXELS_TILE));
}

/**
 * Bytes of the sums that are made at a time, unless one band has more: about a core's nearest cache. (One band of 128
 * columns has 56 kB; scratch memory is never less than 64.)
 */
const NEAR = 32768;

class MeanOuterTile extends PixelSums {
  readonly #scratch: Gpr;
  readonly #vectors: number;
  readonly #isOne: boolean;

  constructor(parts: TileParts, form: number) {
    super(parts);
    // The division needs rdx.
    const { code, registers, args } = parts;
    this.#scratch = registers.claim(r8, "scratch");
    code.mov(this.#scratch, args.scratch);
    registers.free(args.scratch);
    const { vectors, isOne } = panelOf(form, parts.cpu.lanes, [8]);
    this.#vectors = vectors;
    this.#isOne = isOne;
  }

  write(): void {
    const { code, cpu, registers } = this.parts;
    this.keepSizes();
    const [from, to] = this.#findBands();
    const bytes = this.#vectors * cpu.bytes;
    const mask = this.#isOne ? lastLanes(this.parts, this.#vectors) : undefined;
    const parts = Array.from({ length: this.#vectors }, (_, v) => ({
      at: v * cpu.bytes,
      width: cpu.width,
      mask: v === this.#vectors - 1 ? mask : undefined,
    }));
    const row = { parts, bytes, bands: Math.max(1, Math.floor(NEAR / (BAND * bytes))) };
    this.bands(row, from, to, () => {
      const next = code.label("next panel");
      if (!this.#isOne) {
        const none = registers.gpr("no bytes");
        code.mov(none.dword, 0);
        code.mov(kept.columnBytes, none);
        registers.free(none);
        code.place(next);
      }
      const sums = registers.gpr("sums");
      code.mov(sums, this.#scratch);
      this.addImages(row, sums);
      registers.free(sums);
      this.#finish(row);
      if (this.#isOne) return;
      const end = code.label("no more panels");
      nextColumns(this.parts, kept.columnBytes, bytes, kept.deltaBytes, end);
      code.jmp(next);
      code.place(end);
    });
  }

  /** The bands of this tile, from … to; fills the stack. */
  #findBands(): [from: Gpr, to: Gpr] {
    const { code, registers, args } = this.parts;
    const [from, rest] = [registers.claim(rax, "first band"), registers.claim(rdx, "rest")];
    const [tiles, to] = [registers.gpr("tiles"), registers.gpr("end")];
    const bands = this.word(places.PIXELS_BANDS);
    // tiles = ⌈columns / ADD_COLUMNS⌉ · ⌈bands / bands of a tile⌉: meanOuterTiles
    code.mov(to.dword, this.word(places.PIXELS_TILE));
    code.mov(from.dword, bands);
    code.lea(from, at(from, -1, to));
    code.mov(rest.dword, 0);
    code.div(to.dword);
    code.mov(tiles.dword, this.word(places.PIXELS_COLUMNS));
    code.add(tiles.dword, ADD_COLUMNS - 1);
    code.shr(tiles.dword, Math.log2(ADD_COLUMNS));
    code.imul(tiles, from);
    // from = tile · ⌈bands / tiles⌉
    code.mov(from.dword, bands);
    code.lea(from, at(from, -1, tiles));
    code.mov(rest.dword, 0);
    code.div(tiles.dword);
    code.mov(to, from);
    code.imul(from, args.tile);
    code.add(to, from);
    code.mov(rest.dword, 0);
    code.mov(kept.columnBytes, rest);
    registers.free(rest, tiles, args.tile);
    return [from, to];
  }

  /** Brings the sums of the bands' pixels from the scratch memory to dW, divided by the examples of the batch. */
  #finish(row: Row): void {
    const { code, cpu, registers } = this.parts;
    const [pixels, dW, sums] = [registers.gpr("pixels"), registers.gpr("dW"), registers.gpr("sums of a pixel")];
    const from = registers.gpr("first pixel");
    this.pixels(pixels, from);
    loadAddress(this.parts, dW, places.PIXELS_OUT);
    code.imul(from, kept.deltaBytes);
    code.add(dW, from);
    code.add(dW, kept.columnBytes);
    code.mov(sums, this.#scratch);
    const [by, zero] = [registers.vec("by"), registers.vec("zero")];
    cpu.broadcast(by, this.word(places.PIXELS_EXAMPLES));
    code.vcvtdq2ps(by, by);
    cpu.zero(zero);
    const values = row.parts.map(({ at, width }) => registers.vec(`sums from byte ${at}`).as(width));
    const each = (body: () => void) =>
      loop(code, pixels, () => {
        for (const [v, part] of row.parts.entries()) code.vmovups(values[v] as Vec, at(sums, part.at));
        body();
        for (const [v, part] of row.parts.entries()) cpu.store(at(dW, part.at), values[v] as Vec, part.mask);
        code.add(sums, row.bytes);
        code.add(dW, kept.deltaBytes);
      });
    // By a power of two a product is the same number, and a fifth of the time.
    const examples = from;
    const [less, divide, end] = [registers.gpr("examples less one"), code.label("divide"), code.label("finished")];
    code.mov(examples.dword, this.word(places.PIXELS_EXAMPLES));
    code.lea(less, at(examples, -1));
    code.test(examples, less);
    code.jcc("ne", divide);
    const one = registers.vec("one");
    cpu.fill(one, 1);
    code.vdivps(by, one, by);
    registers.free(one, less, examples);
    each(() => {
      for (const value of values) code.vmulps(value, value, by.as(value.width));
    });
    code.jmp(end);
    code.place(divide);
    each(() => {
      // Of a small batch most pixels are 0 everywhere: nothing to divide.
      const nothing = code.label("nothing to divide");
      this.#jumpIfZero(values, zero, nothing);
      for (const value of values) code.vdivps(value, value, by.as(value.width));
      code.place(nothing);
    });
    code.place(end);
    registers.free(pixels, dW, sums, by, zero, ...values);
  }

  /** Goes on at the label where all numbers are 0, of either sign. */
  #jumpIfZero(values: readonly Vec[], zero: Vec, label: Label): void {
    const { code, cpu, registers } = this.parts;
    const [any, more] = [cpu.mask("not 0"), cpu.mask("not 0 either")];
    const bits = registers.gpr("bits");
    for (const [v, value] of values.entries()) {
      const mask = v === 0 ? any : more;
      const to = mask instanceof Mask ? mask : mask.as(value.width);
      cpu.compare(to, value, zero.as(value.width), "NEQ_UQ");
      if (v === 0) continue;
      if (any instanceof Mask) code.korw(any, any, more as Mask);
      else code.vorps(any, any, more as Vec);
    }
    if (any instanceof Mask) code.kortestw(any, any);
    else {
      code.vmovmskps(bits, any);
      code.test(bits, bits);
    }
    registers.free(any, more, bits);
    code.jcc("e", label);
  }
}
