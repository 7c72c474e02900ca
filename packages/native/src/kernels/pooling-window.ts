/**
 * The windows of pooling: image after image, in the order of the output, each with its rows and columns inside of the
 * image, and each pixel's channels in vectors. A tile is POOL_TILE images.
 */
import { loop, when } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import type { Gpr, Vec } from "../assembler/registers.ts";
import { type Channels, channelForm, channelVectors, eachChannels } from "./channels.ts";
import { argument, loadAddress, type NativeKernel, places, type TileParts, tileCode, wordAt } from "./kernel.ts";
import { slots } from "./slots.ts";

/** What the stack keeps. */
const kept = slots([
  // Where the image starts whose pixels the windows are of, x or dX; bytes of one; images that are left.
  "image",
  "imageBytes",
  "imagesLeft",
  // The window: its first row and column, where they would begin without an edge; its rows and columns inside of the
  // image; where its first pixel's row starts, and the pixel itself.
  "y",
  "x",
  "lines",
  "across",
  "row",
  "place",
  "outRows",
  "outColumns",
]);

type Body = (window: PoolWindow) => void;

/** A kernel: `images` is the argument whose pixels the windows are of. */
export function pooling(operation: number, images: number, body: Body): NativeKernel {
  return {
    operation,
    formOf: (words, level) => channelForm(wordAt(words, places.POOL_CHANNELS), level),
    write: (level, form) =>
      tileCode(level, (parts) => new PoolWindow(parts, form, images === places.POOL_DX).write(images, body)),
  };
}

export class PoolWindow {
  readonly parts: TileParts;
  readonly #form: number;
  readonly #isBackward: boolean;
  /** Bytes from pixel to pixel, from row to row, and before the pixel of the output. */
  readonly #pixelBytes: Gpr;
  readonly #lineBytes: Gpr;
  readonly #output: Gpr;
  #channels: Channels | undefined;

  constructor(parts: TileParts, form: number, isBackward: boolean) {
    this.parts = parts;
    this.#form = form;
    this.#isBackward = isBackward;
    this.#pixelBytes = parts.registers.gpr("bytes of a pixel");
    this.#lineBytes = parts.registers.gpr("bytes of a row");
    this.#output = parts.registers.gpr("bytes before the output");
  }

  /** Which lanes are channels; all, if absent. */
  get mask(): LaneMask | undefined {
    return this.#channels?.mask;
  }

  get #before(): Gpr {
    return this.#channels?.before as Gpr;
  }

  /** Vectors of this window's channels. */
  vecs(name: string, count: number): Vec[] {
    return channelVectors(this.parts, this.#form, name, count);
  }

  /** Where the output's numbers of this window stand in the matrix of an argument: `use` writes what reads or writes. */
  output(matrix: number, use: (numbers: Memory) => void): void {
    const base = this.parts.registers.gpr("output");
    loadAddress(this.parts, base, matrix);
    this.parts.code.add(base, this.#output);
    use(at(base, 0, this.#before));
    this.parts.registers.free(base);
  }

  /** Writes what is done to each pixel of the window, row by row; `place` is where it stands. */
  eachPixel(body: (place: Gpr) => void): void {
    const { code, registers } = this.parts;
    const names = ["row of the window", "pixel", "rows left", "pixels left"];
    const [line, pixel, lines, across] = names.map((name) => registers.gpr(name)) as [Gpr, Gpr, Gpr, Gpr];
    code.mov(line, kept.place);
    code.add(line, this.#before);
    code.mov(lines, kept.lines);
    loop(code, lines, () => {
      code.mov(pixel, line);
      code.mov(across, kept.across);
      loop(code, across, () => {
        body(pixel);
        code.add(pixel, this.#pixelBytes);
      });
      code.add(line, this.#lineBytes);
    });
    registers.free(line, pixel, lines, across);
  }

  /** to = the pixels of the window, in all lanes. */
  pixels(to: Vec): void {
    const { code, registers } = this.parts;
    const [pixels, across] = [registers.gpr("pixels"), registers.gpr("across")];
    code.mov(pixels, kept.lines);
    code.mov(across, kept.across);
    code.imul(pixels, across);
    code.vmovd(to.as(128), pixels.dword);
    code.vpbroadcastd(to, to.as(128));
    code.vcvtdq2ps(to, to);
    registers.free(pixels, across);
  }

  /** The code of a tile. */
  write(images: number, body: Body): void {
    const { code, registers, args } = this.parts;
    registers.free(args.scratch);
    this.#start(images);
    const next = code.label("next image");
    code.place(next);
    this.#image(body);
    const left = registers.gpr("left");
    code.mov(left, kept.image);
    code.add(left, kept.imageBytes);
    code.mov(kept.image, left);
    code.mov(left, kept.imagesLeft);
    code.dec(left);
    code.mov(kept.imagesLeft, left);
    registers.free(left);
    code.jcc("ne", next);
  }

  /** Sizes in bytes, and the first image of the tile; backwards, all its images become 0. */
  #start(images: number): void {
    const { code, registers, args } = this.parts;
    const [value, first, tile] = [registers.gpr("value"), registers.gpr("first image"), registers.gpr("images")];
    code.mov(this.#pixelBytes.dword, this.#word(places.POOL_CHANNELS));
    code.shl(this.#pixelBytes, 2);
    code.mov(this.#lineBytes.dword, this.#word(places.POOL_WIDTH));
    code.imul(this.#lineBytes, this.#pixelBytes);
    // images = min(images of a tile, images − first)
    code.mov(tile.dword, this.#word(places.POOL_TILE));
    code.mov(first, args.tile);
    code.imul(first, tile);
    code.mov(value.dword, this.#word(places.POOL_IMAGES));
    code.sub(value, first);
    code.cmp(tile, value);
    code.cmov("a", tile, value);
    code.mov(kept.imagesLeft, tile);
    registers.free(args.tile);
    code.mov(this.#output.dword, this.#word(places.POOL_OUT_HEIGHT));
    code.mov(value.dword, this.#word(places.POOL_OUT_WIDTH));
    code.imul(this.#output, value);
    code.imul(this.#output, this.#pixelBytes);
    code.imul(this.#output, first);
    code.mov(value.dword, this.#word(places.POOL_HEIGHT));
    code.imul(value, this.#lineBytes);
    code.mov(kept.imageBytes, value);
    code.imul(tile, value);
    code.imul(first, value);
    loadAddress(this.parts, value, images);
    code.add(first, value);
    code.mov(kept.image, first);
    if (this.#isBackward) this.#clear(first, tile);
    registers.free(value, first, tile);
  }

  /** Fills so many bytes with 0. */
  #clear(to: Gpr, bytes: Gpr): void {
    const { code, cpu, registers } = this.parts;
    const zero = registers.vec("zero");
    cpu.zero(zero);
    const step = () => {
      cpu.store(at(to), zero);
      code.add(to, cpu.bytes);
    };
    loop(code, bytes, step, cpu.bytes);
    code.shr(bytes, 2);
    const rest = cpu.firstLanes("rest", bytes);
    cpu.store(at(to), zero, rest);
    registers.free(zero, rest);
  }

  #image(body: Body): void {
    const { code, registers } = this.parts;
    this.#each("outRows", places.POOL_OUT_HEIGHT, "y", places.POOL_TOP, places.POOL_STRIDE_Y, () => {
      const row = registers.gpr("row");
      this.#clip(row, { from: "y", size: places.POOL_ROWS, length: places.POOL_HEIGHT, inside: "lines" });
      code.imul(row, this.#lineBytes);
      code.add(row, kept.image);
      code.mov(kept.row, row);
      registers.free(row);
      this.#each("outColumns", places.POOL_OUT_WIDTH, "x", places.POOL_LEFT, places.POOL_STRIDE_X, () => {
        const place = registers.gpr("place");
        this.#clip(place, { from: "x", size: places.POOL_COLUMNS, length: places.POOL_WIDTH, inside: "across" });
        code.imul(place, this.#pixelBytes);
        code.add(place, kept.row);
        code.mov(kept.place, place);
        registers.free(place);
        eachChannels(this.parts, this.#form, places.POOL_CHANNELS, (channels) => {
          this.#channels = channels;
          body(this);
        });
        code.add(this.#output, this.#pixelBytes);
      });
    });
  }

  /** The body for each of so many; `position` begins that much before 0 and moves by the stride. */
  #each(
    left: "outRows" | "outColumns",
    count: number,
    position: "y" | "x",
    before: number,
    stride: number,
    body: () => void,
  ): void {
    const { code, registers } = this.parts;
    const value = registers.gpr("value");
    code.mov(value.dword, this.#word(before));
    code.neg(value);
    code.mov(kept[position], value);
    code.mov(value.dword, this.#word(count));
    code.mov(kept[left], value);
    registers.free(value);
    const next = code.label(`next of ${left}`);
    code.place(next);
    body();
    const moved = registers.gpr("moved");
    code.mov(moved.dword, this.#word(stride));
    code.add(moved, kept[position]);
    code.mov(kept[position], moved);
    code.mov(moved, kept[left]);
    code.dec(moved);
    code.mov(kept[left], moved);
    registers.free(moved);
    code.jcc("ne", next);
  }

  /** first = the window's first row (or column) that is one of the image's; the slot keeps how many are inside. */
  #clip(
    first: Gpr,
    { from, size, length, inside }: { from: "y" | "x"; size: number; length: number; inside: "lines" | "across" },
  ): void {
    const { code, registers } = this.parts;
    const [end, most] = [registers.gpr("end"), registers.gpr("length")];
    code.mov(first, kept[from]);
    code.mov(end.dword, this.#word(size));
    code.add(end, first);
    code.mov(most.dword, this.#word(length));
    code.cmp(end, most);
    when(code, "g", () => code.mov(end, most));
    code.cmp(first, 0);
    when(code, "l", () => code.mov(first.dword, 0));
    code.sub(end, first);
    code.mov(kept[inside], end);
    registers.free(end, most);
  }

  #word(place: number): Memory {
    return argument(this.parts, place);
  }
}
