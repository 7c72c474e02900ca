/**
 * Which training images are nearest to a drawing. Distance is Euclid's, √Σ(aᵢ − bᵢ)², either between pixels from 0 to
 * 1, or between what the last hidden layer makes of the two: there two images are near if the network sees them alike.
 */
import { type Dataset, type Network, network } from "inkling";
import type { Slices } from "./slices.ts";

export interface Neighbour {
  /** Its place in the training set. */
  readonly index: number;
  readonly distance: number;
}

/** How far a search has come. */
export interface Search {
  /** The nearest so far, nearest first. */
  readonly nearest: readonly Neighbour[];
  /** How many images were compared. */
  readonly compared: number;
}

/** Tells now and then what has been found. */
type Tell = (search: Search) => void;

/**
 * So many images are compared before the clock is looked at: a hidden layer of convolutions takes a millisecond for one,
 * pixels a microsecond. It begins with few, and takes more while they are quick.
 */
const [FEW, MOST] = [10, 640];
/** What hidden layers give is kept up to so many numbers: 128 MB. */
const MOST_NUMBERS = 2 ** 25;

/** The `count` nearest by pixels. */
export async function nearestByPixels(
  pixels: Uint8Array,
  data: Dataset,
  count: number,
  slices: Slices,
  tell?: Tell,
): Promise<Search> {
  const inputs = data.inputs;
  return search(data.count, count, slices, tell, async (from, to, found) => {
    for (let i = from; i < to; i++) found(i, Math.sqrt(squared(inputs, i, pixels)) / 255);
  });
}

/** The `count` nearest by what the last hidden layer makes of them. */
export async function nearestByLayer(
  pixels: Uint8Array,
  data: Dataset,
  count: number,
  hidden: Hidden,
  slices: Slices,
  tell?: Tell,
): Promise<Search> {
  const [query] = [await hidden.of(pixels, 1)];
  const known = hidden.keptOf(data);
  return search(known.most, count, slices, tell, async (from, to, found) => {
    if (to > known.count) await hidden.extend(data, to);
    for (let i = from; i < to; i++) found(i, Math.sqrt(squared(known.values, i, query)));
  });
}

/** Σ(aᵢ − bᵢ)² of row `row` and a vector. */
function squared(rows: ArrayLike<number>, row: number, b: ArrayLike<number>): number {
  const offset = row * b.length;
  let sum = 0;
  for (let i = 0; i < b.length; i++) {
    const d = (rows[offset + i] as number) - (b[i] as number);
    sum += d * d;
  }
  return sum;
}

async function search(
  total: number,
  count: number,
  slices: Slices,
  tell: Tell | undefined,
  compare: (from: number, to: number, found: (index: number, distance: number) => void) => Promise<void>,
): Promise<Search> {
  let nearest: Neighbour[] = [];
  const found = (index: number, distance: number) => {
    const last = nearest.at(-1);
    if (nearest.length === count && last !== undefined && distance >= last.distance) return;
    nearest.push({ index, distance });
    nearest.sort((a, b) => a.distance - b.distance || a.index - b.index);
    nearest = nearest.slice(0, count);
  };
  let chunk = FEW;
  for (let from = 0, to = 0; from < total; from = to) {
    to = Math.min(total, from + chunk);
    const left = slices.left;
    await compare(from, to, found);
    // The next ones take no longer than half a slice.
    if ((left - slices.left) * 4 < slices.whole) chunk = Math.min(MOST, chunk * 2);
    else if ((left - slices.left) * 2 > slices.whole) chunk = Math.max(1, chunk >> 1);
    if (!slices.isOver) continue;
    tell?.({ nearest, compared: to });
    await slices.pause();
  }
  return { nearest, compared: total };
}

/** What was computed of a data set already. */
interface Kept {
  readonly values: Float32Array;
  /** How many images. */
  count: number;
  /** How many there is room for. */
  readonly most: number;
}

/** A network without its last layer. */
export class Hidden {
  readonly #network: Network;
  readonly #kept = new WeakMap<Dataset, Kept>();

  private constructor(below: Network) {
    this.#network = below;
  }

  /** Undefined where nothing that learns lies below the last layer. It is a copy: close it after use. */
  static async of(model: Network): Promise<Hidden | undefined> {
    const last = model.specs.length - 1;
    const initialValues = new Map<string, ArrayLike<number>>();
    for (const { name, value } of model.tensors) {
      if (name.startsWith(`layers.${last}.`)) continue;
      initialValues.set(name, await model.backend.read(value));
    }
    if (initialValues.size === 0) return undefined;
    const { inputShape, backend, specs } = model;
    return new Hidden(network(inputShape, specs.slice(0, last), { backend, initialValues }));
  }

  /** How many numbers an image has in it. */
  get width(): number {
    return this.#network.outputs;
  }

  /** What the layer makes of images, one row each. */
  async of(pixels: Uint8Array, rows: number): Promise<ArrayLike<number>> {
    const { backend, inputs } = this.#network;
    while (backend.busy !== undefined) await backend.busy;
    return backend.step(() => {
      return backend.read(this.#network.forward(backend.temporaryPixels(pixels.slice(0, rows * inputs), inputs)));
    });
  }

  /** What was computed of a data set's images, with room for as many as fit. */
  keptOf(data: Dataset): Kept {
    const known = this.#kept.get(data);
    if (known !== undefined) return known;
    const most = Math.min(data.count, Math.floor(MOST_NUMBERS / this.width));
    const kept = { values: new Float32Array(most * this.width), count: 0, most };
    this.#kept.set(data, kept);
    return kept;
  }

  /** Computes as far as image `to` of the data. */
  async extend(data: Dataset, to: number): Promise<void> {
    const kept = this.keptOf(data);
    const { inputs } = this.#network;
    const from = kept.count;
    const pixels = (data.inputs as Uint8Array).subarray(from * inputs, to * inputs);
    const made = await this.of(pixels, to - from);
    if (kept.count !== from) return;
    kept.values.set(made, from * this.width);
    kept.count = to;
  }

  close(): void {
    this.#network.close();
  }
}
