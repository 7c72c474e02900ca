/**
 * A convolution's ∂C/∂x. Its tiles and arguments are those of the WebAssembly kernel,
 * packages/inkling/kernels/convolution-backward.ts; a tile is a panel of channels of an image.
 *
 *   dX_(p+t) += Σ δ_p·Wₜ over the filters, ascending; a number's positions p row-major, from +0
 *
 *   δ (positions × filters)   W (pixels of the window × filters × channels, in panels)   dX (height·width × channels)
 *
 * Lanes run across channels. The sums of a panel wait in the scratch memory, padding included. One pixel of the window
 * after the other, backwards, adds all positions: so a number's sum meets its positions row-major, W of a pixel stays
 * in the nearest cache, and no addition waits for the block before it. Nothing is multiplied with padding.
 *
 * Measured (bench/convolutions.js, 8 images), one Intel core at 512 and at 256 bits beside WebAssembly, GFLOP/s: 16
 * filters of 5 × 5 on 12 × 12 × 8 at 57, 57 and 30; 64 of 3 × 3 on 13 × 13 × 32 at 85, 70 and 33; 40 of 5 × 5 on
 * 12 × 12 × 20 at 57, 50 and 27. There the last four channels take a vector of 256 bits: with one of 512 it is 50. To
 * write the terms of several filters one after the other gains nothing.
 */
import { loop, when } from "../assembler/flow.ts";
import { at } from "../assembler/memory.ts";
import { type Gpr, rax, rdx, type Vec } from "../assembler/registers.ts";
import { ConvolutionFrame, FEW, narrowed, panelCode, panelForm, rowsFrom } from "./convolution-frame.ts";
import { layout, loadAddress, type NativeKernel, places, wordAt } from "./kernel.ts";
import { slots } from "./slots.ts";

export const convolveBackward: NativeKernel = {
  operation: layout.CONVOLVE_BACKWARD,
  formOf: (words) => panelForm(wordAt(words, places.CONVOLUTION_CHANNELS)),
  write: (level, form) => panelCode(level, form, (parts) => new ConvolveBackwardTile(parts, form).write(form)),
};

const kept = slots([
  // The tile: δ of its image, its channels in dX, how many are left from there on, and its sums.
  "delta",
  "dX",
  "width",
  "sums",
  // The pixel of the window: its W, the number that the first position adds to, the same of the row's last pixel, and
  // how many rows and columns are left.
  "w",
  "pixel",
  "row",
  "rows",
  "columns",
]);

class ConvolveBackwardTile extends ConvolutionFrame {
  /** Vectors of a tile's channels. */
  #vectors = this.panel / this.parts.cpu.lanes;

  write(form: number): void {
    const { code, registers, args, exit } = this.parts;
    code.mov(kept.sums, args.scratch);
    registers.free(args.scratch);
    this.#findTile();
    registers.free(args.tile);
    this.#clear();
    if (this.panel > FEW) {
      const width = registers.gpr("channels left");
      code.mov(width, kept.width);
      code.cmp(width, FEW);
      registers.free(width);
      when(code, "be", () => {
        const few = new ConvolveBackwardTile(narrowed(this.parts), form);
        few.#vectors = 1;
        few.#add();
        code.jmp(exit);
      });
    }
    this.#add();
  }

  /** All terms, and the sums to dX. */
  #add(): void {
    this.#window();
    this.#takeOut();
  }

  /** Fills the slots of the tile; w stands at the last pixel of the window. */
  #findTile(): void {
    const { code, registers, args } = this.parts;
    const [image, panel] = [registers.claim(rax, "image"), registers.claim(rdx, "panel")];
    const [channels, value, start] = [registers.gpr("channels"), registers.gpr("value"), registers.gpr("start")];
    // image = tile / panels, panel = tile % panels
    code.mov(channels.dword, this.word(places.CONVOLUTION_CHANNELS));
    code.lea(value, at(channels, this.panel - 1));
    code.shr(value, Math.log2(this.panel));
    this.divide(args.tile, value);
    // w = PANELS + bytes of a pixel · (pixels · panel + pixels − 1)
    const w = registers.gpr("w");
    code.mov(value.dword, this.word(places.CONVOLUTION_ROWS));
    code.imul(value.dword, this.word(places.CONVOLUTION_COLUMNS));
    code.mov(w, value);
    code.imul(w, panel);
    code.lea(w, at(w, -1, value));
    this.#loadPixelBytes(value);
    code.imul(w, value);
    loadAddress(this.parts, start, places.CONVOLUTION_PANELS);
    code.add(w, start);
    code.mov(kept.w, w);
    registers.free(w);
    // width = channels − panel · its size
    code.imul(panel, panel, this.panel);
    code.mov(value, channels);
    code.sub(value, panel);
    code.mov(kept.width, value);
    // dX = OUT + 4 · (image · height · width · channels + the panel's first channel)
    code.imul(channels.dword, this.word(places.CONVOLUTION_HEIGHT));
    code.imul(channels.dword, this.word(places.CONVOLUTION_WIDTH));
    code.imul(channels, image);
    code.add(channels, panel);
    loadAddress(this.parts, start, places.CONVOLUTION_OUT);
    code.lea(start, at(start, 0, channels, 4));
    code.mov(kept.dX, start);
    // δ = DELTA + 4 · image · positions · filters
    this.#loadPositions(value);
    code.imul(image, value);
    code.mov(value.dword, this.word(places.CONVOLUTION_FILTERS));
    code.imul(image, value);
    loadAddress(this.parts, start, places.CONVOLUTION_DELTA);
    code.lea(start, at(start, 0, image, 4));
    code.mov(kept.delta, start);
    registers.free(image, panel, channels, value, start);
  }

  /** to = how many positions an image has. */
  #loadPositions(to: Gpr): void {
    const { code } = this.parts;
    code.mov(to.dword, this.word(places.CONVOLUTION_OUT_HEIGHT));
    code.imul(to.dword, this.word(places.CONVOLUTION_OUT_WIDTH));
  }

  /** to = bytes of W's panel of one pixel of the window. */
  #loadPixelBytes(to: Gpr): void {
    const { code } = this.parts;
    code.mov(to.dword, this.word(places.CONVOLUTION_FILTERS));
    code.imul(to, to, this.panelBytes);
  }

  /** sums = +0 */
  #clear(): void {
    const { code, cpu, registers } = this.parts;
    const [to, vectors, zero] = [registers.gpr("to"), registers.gpr("vectors left"), registers.vec("zero")];
    code.mov(to, kept.sums);
    code.mov(vectors.dword, this.word(places.CONVOLUTION_IMAGE));
    code.shr(vectors, Math.log2(cpu.bytes));
    cpu.zero(zero);
    loop(code, vectors, () => {
      cpu.store(at(to), zero);
      code.add(to, cpu.bytes);
    });
    registers.free(to, vectors, zero);
  }

  /** All pixels of the window, backwards. */
  #window(): void {
    const { code, registers } = this.parts;
    const [nextRow, nextColumn] = [code.label("row of the window"), code.label("pixel of the window")];
    this.#findLastPixel();
    code.place(nextRow);
    const value = registers.gpr("value");
    code.mov(value, kept.row);
    code.mov(kept.pixel, value);
    code.mov(value.dword, this.word(places.CONVOLUTION_COLUMNS));
    code.mov(kept.columns, value);
    registers.free(value);
    code.place(nextColumn);
    this.#positions();
    this.#stepBack("w", (step) => this.#loadPixelBytes(step));
    this.#stepBack("pixel", (step) => this.#loadColumnStep(step));
    this.#stepBack("columns", (step) => code.mov(step, 1));
    code.jcc("ne", nextColumn);
    this.#stepBack("row", (step) => this.#loadRowStep(step));
    this.#stepBack("rows", (step) => code.mov(step, 1));
    code.jcc("ne", nextRow);
  }

  /** row = sums + (rows − 1) · dilation · bytes of a row + (columns − 1) · dilation · bytes of a pixel */
  #findLastPixel(): void {
    const { code, registers } = this.parts;
    const [value, step, row] = [registers.gpr("value"), registers.gpr("step"), registers.gpr("row")];
    code.mov(value.dword, this.word(places.CONVOLUTION_ROWS));
    code.mov(kept.rows, value);
    code.dec(value);
    this.#loadRowStep(row);
    code.imul(row, value);
    code.mov(value.dword, this.word(places.CONVOLUTION_COLUMNS));
    code.dec(value);
    this.#loadColumnStep(step);
    code.imul(value, step);
    code.add(row, value);
    code.add(row, kept.sums);
    code.mov(kept.row, row);
    registers.free(value, step, row);
  }

  /** slot = slot − what is loaded; "ne" then asks whether it has become 0. */
  #stepBack(slot: keyof typeof kept, load: (step: Gpr) => void): void {
    const { code, registers } = this.parts;
    const step = registers.gpr("step");
    load(step);
    code.sub(kept[slot], step);
    registers.free(step);
  }

  /** to = bytes of the sums from a row of the window to the next one. */
  #loadRowStep(to: Gpr): void {
    const { code } = this.parts;
    code.mov(to.dword, this.word(places.CONVOLUTION_DILATION_Y));
    code.imul(to.dword, this.word(places.CONVOLUTION_ROW));
  }

  /** to = bytes of the sums from a pixel of the window to the next one. */
  #loadColumnStep(to: Gpr): void {
    const { code } = this.parts;
    code.mov(to.dword, this.word(places.CONVOLUTION_DILATION_X));
    code.imul(to, to, this.panelBytes);
  }

  /** All positions of the image, block by block, at one pixel of the window. */
  #positions(): void {
    const { code, registers } = this.parts;
    // As many as registers hold the sums of.
    const most = this.#vectors > 1 ? 4 : 8;
    const [delta, position, rowBytes] = [
      registers.gpr("δ"),
      registers.gpr("position"),
      registers.gpr("bytes of a row"),
    ];
    const left = registers.gpr("positions left");
    code.mov(delta, kept.delta);
    loadAddress(this.parts, position, places.CONVOLUTION_POSITIONS);
    code.mov(rowBytes.dword, this.word(places.CONVOLUTION_FILTERS));
    code.shl(rowBytes, 2);
    this.#loadPositions(left);
    const block = (size: number) => this.#block(size, { delta, position, rowBytes });
    loop(code, left, () => block(most), most);
    for (let size = most / 2; size >= 1; size /= 2) {
      code.cmp(left, size);
      when(code, "ae", () => {
        block(size);
        code.sub(left, size);
      });
    }
    registers.free(delta, position, rowBytes, left);
  }

  /** Some positions; then the registers stand at the next ones. */
  #block(size: number, { delta, position, rowBytes }: Readonly<Record<"delta" | "position" | "rowBytes", Gpr>>): void {
    const { code, cpu, registers } = this.parts;
    const sums = Array.from({ length: size }, (_, j) => registers.vecs(`sums ${j}`, this.#vectors));
    const [pixel, offset] = [registers.gpr("pixel"), registers.gpr("offset of a position")];
    code.mov(pixel, kept.pixel);
    /** Goes through the sums, and where they wait. */
    const each = (move: (sum: Vec, place: ReturnType<typeof at>) => void) => {
      for (const [j, sumsOfRow] of sums.entries()) {
        code.mov(offset.dword, at(position, 4 * j));
        for (const [v, sum] of sumsOfRow.entries()) move(sum, at(pixel, v * cpu.bytes, offset));
      }
    };
    each((sum, place) => cpu.load(sum, place));
    this.#sumFilters(sums, delta, rowBytes);
    each((sum, place) => cpu.store(place, sum));
    code.add(position, 4 * size);
    code.lea(delta, at(delta, 0, rowBytes, size as 1 | 2 | 4 | 8));
    registers.free(pixel, offset, ...sums.flat());
  }

  /** sums += Σ δ_p·Wₜ over the filters, ascending. */
  #sumFilters(sums: readonly Vec[][], delta: Gpr, rowBytes: Gpr): void {
    const { code, cpu, registers } = this.parts;
    const [w, filters] = [registers.gpr("w"), registers.gpr("filters left")];
    const W = registers.vecs("w", this.#vectors);
    const rows = rowsFrom(this.parts, delta, rowBytes, sums.length);
    code.mov(w, kept.w);
    code.mov(filters.dword, this.word(places.CONVOLUTION_FILTERS));
    loop(code, filters, () => {
      for (const [v, vector] of W.entries()) cpu.load(vector, at(w, v * cpu.bytes));
      this.addTerms(sums, rows.at, W);
      for (const pointer of rows.pointers) code.add(pointer, 4);
      code.add(w, this.panelBytes);
    });
    registers.free(w, filters, ...W, ...rows.registers);
  }

  /** dX = the sums, without their padding. */
  #takeOut(): void {
    const { code, cpu, registers } = this.parts;
    const [value, row, dX] = [registers.gpr("value"), registers.gpr("row"), registers.gpr("dX")];
    code.mov(value, kept.width);
    const masks = this.masks(value, this.#vectors);
    // row = sums + top · bytes of a row + left · bytes of a pixel
    code.mov(row.dword, this.word(places.CONVOLUTION_TOP));
    code.imul(row.dword, this.word(places.CONVOLUTION_ROW));
    code.mov(value.dword, this.word(places.CONVOLUTION_LEFT));
    code.imul(value, value, this.panelBytes);
    code.add(row, value);
    code.add(row, kept.sums);
    code.mov(dX, kept.dX);
    registers.free(value);
    const [height, width, channelBytes] = [
      registers.gpr("rows left"),
      registers.gpr("columns left"),
      registers.gpr("bytes of a pixel"),
    ];
    const [from, rowBytes, number] = [registers.gpr("from"), registers.gpr("bytes of a row"), registers.vec("sum")];
    code.mov(height.dword, this.word(places.CONVOLUTION_HEIGHT));
    code.mov(rowBytes.dword, this.word(places.CONVOLUTION_ROW));
    code.mov(channelBytes.dword, this.word(places.CONVOLUTION_CHANNELS));
    code.shl(channelBytes, 2);
    this.stored(kept.width, masks, (masks) => {
      loop(code, height, () => {
        code.mov(from, row);
        code.mov(width.dword, this.word(places.CONVOLUTION_WIDTH));
        loop(code, width, () => {
          for (const [v, mask] of masks.entries()) {
            cpu.load(number, at(from, v * cpu.bytes));
            cpu.store(at(dX, v * cpu.bytes), number, mask);
          }
          code.add(from, this.panelBytes);
          code.add(dX, channelBytes);
        });
        code.add(row, rowBytes);
      });
    });
    registers.free(row, dX, height, width, channelBytes, from, rowBytes, number, ...masks);
  }
}
