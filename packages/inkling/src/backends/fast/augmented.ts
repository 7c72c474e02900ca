/**
 * `augment` in the shared memory: sets the kernel's arguments, hands it the numbers that each image is changed by, and
 * lists what comes out. The weights of an elastic grid stay in the memory as long as their warp is in use.
 */
import * as argument from "../../../kernels/arguments.ts";
import { AUGMENT, AUGMENT_IMAGES, MAP, MAP_EXAMPLE } from "../../../kernels/layout.ts";
import type { Pixels } from "../../matrix.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import type { Draws, Warp } from "../warp.ts";
import { address, type Shared } from "./calls.ts";
import type { ListedPixels, PixelLists } from "./pixel-lists.ts";

/** Vector operations for one number of a changed image, roughly. */
const WORK = 25;

/** The weights of an elastic grid; a row of those across is whole vectors. */
interface Weights {
  readonly across: CpuMatrix;
  readonly down: CpuMatrix;
}

export class Augmented {
  /** The backend, which owns the pixels. */
  readonly #backend: Shared;
  readonly #lists: PixelLists;
  readonly #allocate: (rows: number, columns: number) => CpuMatrix;
  readonly #weights = new WeakMap<Warp, Weights>();

  /** `allocate`: memory that outlives a step. */
  constructor(backend: Shared, lists: PixelLists, allocate: (rows: number, columns: number) => CpuMatrix) {
    this.#backend = backend;
    this.#lists = lists;
    this.#allocate = allocate;
  }

  /** The changed images of a batch, until the end of the step. */
  augment(pixels: Pixels, warp: Warp, draws: Draws): ListedPixels {
    const old = this.#lists.of(pixels);
    return this.#lists.listMade(old.rows, old.columns, (out) => {
      this.#setImages(old, warp, draws, out);
      this.#setWarp(warp, draws);
      this.#setElastic(warp);
      this.#setScratch(warp);
      this.#backend.calls.run(AUGMENT, old.rows / AUGMENT_IMAGES, WORK * old.rows * old.columns);
    });
  }

  /** The images, and how each is changed. */
  #setImages(old: ListedPixels, warp: Warp, { epoch, copy, order, start }: Draws, out: number): void {
    const { calls, pool } = this.#backend;
    const maps = pool.matrix(old.rows, MAP);
    const words = calls.whole.words;
    for (let i = 0; i < old.rows; i++) {
      const example = order[start + i];
      warp.draw({ example, epoch, copy }, maps.data as Float32Array, i * MAP);
      words[address(maps) / 4 + i * MAP + MAP_EXAMPLE] = example;
    }
    calls.word(argument.AUGMENT_OFFSETS, old.lists.offsets);
    calls.word(argument.AUGMENT_ORDER, old.orderAt);
    calls.word(argument.AUGMENT_BANDS, old.bands);
    calls.word(argument.AUGMENT_ROWS, old.rows);
    calls.word(argument.AUGMENT_MAPS, address(maps));
    calls.word(argument.AUGMENT_OUT, out);
  }

  #setWarp({ height, width, channels, key, noise, fill }: Warp, { epoch, copy }: Draws): void {
    const { calls } = this.#backend;
    calls.word(argument.AUGMENT_HEIGHT, height);
    calls.word(argument.AUGMENT_WIDTH, width);
    calls.word(argument.AUGMENT_CHANNELS, channels);
    calls.word(argument.AUGMENT_KEY_0, key[0]);
    calls.word(argument.AUGMENT_KEY_1, key[1]);
    calls.word(argument.AUGMENT_EPOCH, epoch);
    calls.word(argument.AUGMENT_COPY, copy);
    calls.float(argument.AUGMENT_NOISE, noise);
    calls.word(argument.AUGMENT_FILL, fill);
  }

  #setElastic(warp: Warp): void {
    const { calls } = this.#backend;
    const { elastic } = warp;
    calls.word(argument.AUGMENT_NODES_DOWN, elastic?.nodesDown ?? 0);
    if (elastic === undefined) return;
    const { across, down } = this.#weightsOf(warp);
    calls.word(argument.AUGMENT_NODES_ACROSS, elastic.nodesAcross);
    calls.word(argument.AUGMENT_SPACING, elastic.spacing);
    calls.word(argument.AUGMENT_REACH, elastic.reach);
    calls.word(argument.AUGMENT_ACROSS, address(across));
    calls.word(argument.AUGMENT_DOWN, address(down));
  }

  /** The parts of the scratch memory, one after the other (kernels/augment.ts). */
  #setScratch({ height, width, channels, noise, elastic }: Warp): void {
    const { calls } = this.#backend;
    const { nodesAcross = 0, nodesDown = 0 } = elastic ?? {};
    // Vectors are read and written beyond the end of a part.
    const part = (bytes: number) => 64 * Math.ceil((bytes + 128) / 64);
    const quads = part((height + 3) * (width + 3) * channels);
    const nodes = quads + part(4 * (height + 2) * (width + 2) * channels);
    const sums = nodes + part(4 * 2 * nodesAcross * nodesDown);
    const normals = sums + part(4 * 2 * nodesDown * (width + 3));
    const end = normals + (noise > 0 ? part(4 * (height * width + 4) * channels) : 0);
    calls.word(argument.AUGMENT_QUADS, quads);
    calls.word(argument.AUGMENT_NODES, nodes);
    calls.word(argument.AUGMENT_SUMS, sums);
    calls.word(argument.AUGMENT_NORMALS, normals);
    calls.needScratch(end);
  }

  #weightsOf(warp: Warp): Weights {
    const known = this.#weights.get(warp);
    if (known !== undefined) return known;
    const { height, width, elastic } = warp;
    const { nodesAcross, nodesDown, across, down } = elastic as NonNullable<Warp["elastic"]>;
    const stride = 4 * Math.ceil(width / 4);
    const made = { across: this.#allocate(nodesAcross, stride), down: this.#allocate(nodesDown, height) };
    made.across.data.fill(0);
    for (let i = 0; i < nodesAcross; i++) {
      for (let x = 0; x < width; x++) made.across.data[i * stride + x] = across[i * width + x];
    }
    made.down.data.set(down);
    this.#weights.set(warp, made);
    return made;
  }
}
