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
 * vectors with AVX-512 were slower by 8 % here, for 10 and 30 columns too; on Zen 4 they are faster by 10 to 20 %
 * there. Decoding a whole list first (rows and x, sixteen words at once) halves the instructions and gains nothing.
 */
import { loop, when } from "../assembler/flow.ts";
import { at, type Memory } from "../assembler/memory.ts";
import { rax, rdx } from "../assembler/registers.ts";
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
import { AHEAD, fetchList } from "./pixel-lists.ts";
import { lastLanes, nextColumns, panelForm, panelOf } from "./pixel-panels.ts";
import { ImageSums, type Images, kept } from "./pixel-product-sums.ts";

/** Its forms are those of pixel-panels.ts. */
export const pixelProduct: NativeKernel = {
  operation: layout.PIXEL_PRODUCT,
  formOf: (words) => panelForm(wordAt(words, places.PIXELS_COLUMNS)),
  write: (level, form) => tileCode(level, (parts) => new PixelProductTile(parts, form).write()),
};

/** The caller's number of tiles (PixelProducts.matmul); the code below finds it in the same way. */
export function productTiles(words: Int32Array): number {
  const [columns, rows] = [wordAt(words, places.PIXELS_COLUMNS), wordAt(words, places.PIXELS_ROWS)];
  return Math.ceil(columns / layout.SUM_COLUMNS) * Math.ceil(rows / wordAt(words, places.PIXELS_TILE));
}

/**
 * Of SEVERAL images or more, a panel with rows of WIDE bytes or more is taken band after band: the rows of W for a band
 * then stay in a core's nearest cache, and z holds the sums between two bands.
 */
const WIDE = 256;
const SEVERAL = 8;

/** Vectors of a panel. At 256 bits 6 + 6 of 16 registers are two images' sums, others hold x, a product and a mask. */
const MOST_VECTORS = { avx2: [6, 5, 4], avx512: [8] };

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
    const { code, cpu, registers, args, exit } = this.parts;
    registers.free(args.scratch);
    const images = this.#findImages();
    registers.free(args.tile);
    this.#fetchFirst(images);
    const sums = new ImageSums(this.parts, this.vectors, this.isOne ? lastLanes(this.parts, this.vectors) : undefined);
    const panel = code.label("panel");
    code.place(panel);
    this.#bands(images, sums);
    if (this.isOne) return;
    const { W, rowBytes } = images;
    nextColumns(this.parts, kept.columnBytes, this.vectors * cpu.bytes, rowBytes, exit, (bytes) => {
      code.add(W, bytes);
      code.add(kept.firstZ, bytes);
    });
    code.jmp(panel);
  }

  /** Which images are this tile's: fills registers and the stack. */
  #findImages(): Images {
    const { code, registers, args, exit } = this.parts;
    const [row, rest] = [registers.claim(rax, "row"), registers.claim(rdx, "rest")];
    const [tiles, most, pairs] = [registers.gpr("tiles"), registers.gpr("images of a tile"), registers.gpr("pairs")];
    // tiles = ⌈columns / SUM_COLUMNS⌉ · ⌈rows / images of a tile⌉: productTiles
    code.mov(tiles.dword, this.#word(places.PIXELS_COLUMNS));
    code.add(tiles.dword, layout.SUM_COLUMNS - 1);
    code.shr(tiles.dword, Math.log2(layout.SUM_COLUMNS));
    code.mov(most.dword, this.#word(places.PIXELS_TILE));
    code.mov(row.dword, this.#word(places.PIXELS_ROWS));
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
    code.mov(left.dword, this.#word(places.PIXELS_ROWS));
    code.sub(left, row);
    code.jcc("be", exit);
    code.cmp(left, size);
    code.cmov("a", left, size);
    code.mov(kept.images, left);
    registers.free(size, rest, tiles);
    const [z, rowBytes, image] = [registers.gpr("z"), registers.gpr("bytes of a row"), registers.gpr("image")];
    code.mov(rowBytes.dword, this.#word(places.PIXELS_COLUMNS));
    code.shl(rowBytes, 2);
    loadAddress(this.parts, image, places.PIXELS_ORDER);
    code.mov(z.dword, this.#word(places.PIXELS_ROWS));
    code.lea(z, at(image, -4, z, 4));
    code.mov(kept.lastImage, z);
    code.lea(image, at(image, 0, row, 4));
    code.mov(kept.firstImage, image);
    loadAddress(this.parts, z, places.PIXELS_OUT);
    code.imul(row, rowBytes);
    code.add(z, row);
    code.mov(kept.firstZ, z);
    // The offsets of an image: its bands, and the end
    code.mov(row.dword, this.#word(places.PIXELS_BANDS));
    code.lea(row, at(row, 1));
    code.shl(row, 2);
    code.mov(kept.offsetBytes, row);
    registers.free(row);
    const [offsets, W] = [registers.gpr("offsets"), registers.gpr("W")];
    loadAddress(this.parts, offsets, places.PIXELS_OFFSETS);
    loadAddress(this.parts, W, places.PIXELS_W);
    code.mov(image.dword, 0);
    code.mov(kept.columnBytes, image);
    return { image, z, left, offsets, W, rowBytes };
  }

  /**
   * Asks for the lists of the first images. The loop over images asks for the others, AHEAD images before their turn.
   */
  #fetchFirst({ image, left, offsets }: Images): void {
    const { code, registers } = this.parts;
    const most = registers.gpr("images to fetch first");
    code.mov(most, AHEAD);
    code.cmp(left, most);
    code.cmov("a", left, most);
    registers.free(most);
    code.mov(image, kept.firstImage);
    loop(code, left, () => {
      fetchList(this.parts, at(image), offsets, kept.offsetBytes);
      code.add(image, 4);
    });
  }

  /** The columns of a panel of all images, band after band where that pays. */
  #bands(images: Images, sums: ImageSums): void {
    const { code, cpu, registers } = this.parts;
    const bands = this.#word(places.PIXELS_BANDS);
    const [next, band] = [code.label("next band"), registers.gpr("band")];
    code.mov(band.dword, 0);
    code.mov(kept.bandTo, band);
    code.place(next);
    code.mov(band, kept.bandTo);
    code.mov(kept.bandFrom, band);
    if (this.vectors * cpu.bytes >= WIDE) {
      const [images, all] = [registers.gpr("images"), registers.gpr("bands")];
      code.inc(band);
      code.mov(images, kept.images);
      code.mov(all.dword, bands);
      code.cmp(images, SEVERAL);
      code.cmov("b", band, all);
      registers.free(images, all);
    } else code.mov(band.dword, bands);
    code.mov(kept.bandTo, band);
    registers.free(band);
    this.#rows(images, sums);
    const done = registers.gpr("bands done");
    code.mov(done, kept.bandTo);
    code.cmp(done.dword, bands);
    registers.free(done);
    code.jcc("b", next);
  }

  /** All images: in pairs, and one that is left. */
  #rows(images: Images, sums: ImageSums): void {
    const { code } = this.parts;
    const { image, z, left } = images;
    const [pair, end] = [code.label("pair"), code.label("no pair left")];
    code.mov(image, kept.firstImage);
    code.mov(z, kept.firstZ);
    code.mov(left, kept.images);
    code.sub(left, 2);
    code.jcc("l", end);
    code.place(pair);
    sums.sum(2, images);
    code.add(image, 8);
    code.sub(left, 2);
    code.jcc("ge", pair);
    code.place(end);
    code.cmp(left, -1);
    when(code, "e", () => sums.sum(1, images));
  }

  #word(offset: number): Memory {
    return argument(this.parts, offset);
  }
}
