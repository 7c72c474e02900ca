/**
 * What the neurons of the first layer look for, as pictures: each weight at the place of its pixel, blue where ink
 * speaks for the neuron, orange where it speaks against it, white where it makes no difference.
 */
import type { Network } from "inkling";
import type { Picture } from "inkling/pictures";

/** Pictures of the first layer's weights. */
export interface WeightPictures {
  /** layers.1 */
  readonly layer: string;
  /** What one picture is of: a neuron, or a filter. */
  readonly of: "neuron" | "filter";
  /** How many there are; `pictures` are the first of them. */
  readonly count: number;
  readonly pictures: readonly Picture[];
  /** The size of a weight that has the full colour. */
  readonly scale: number;
  /** How many channels were added up. */
  readonly channels: number;
}

/** The most pictures. */
const MOST = 64;

/** Of this share of the weights none is larger than the scale: a few large ones do not make all others pale. */
const SHARE = 0.995;

/** Pictures of the first layer's weights; undefined where that layer does not look at an image. */
export async function firstWeights({
  parameters,
  specs,
  inputShape,
  backend,
}: Network): Promise<WeightPictures | undefined> {
  const [rows = 0, columns = 0, channels = 0] = inputShape;
  const index = specs.findIndex(({ type }) => type === "dense" || type === "conv2d");
  // What comes before it has to leave every pixel where it is.
  const isFirst = specs.slice(0, Math.max(0, index)).every(({ type }) => type === "flatten");
  if (inputShape.length !== 3 || index < 0 || !isFirst) return undefined;
  const layer = `layers.${index}`;
  const weights = parameters.find(({ name }) => name === `${layer}.weights`);
  if (weights === undefined) return undefined;
  const isFilter = specs[index]?.type === "conv2d";
  const [height, width, depth] = isFilter ? (weights.shape as [number, number, number]) : [rows, columns, channels];
  // Both are (pixel and channel) × outputs, row-major.
  const count = weights.shape.at(-1) ?? 0;
  const values = await backend.read(weights.value);
  const sums = new Float64Array(height * width * count);
  for (let at = 0; at < values.length; at++) {
    const [pixel, output] = [Math.floor(at / count / depth), at % count];
    const to = output * height * width + pixel;
    sums[to] = (sums[to] ?? 0) + (values[at] ?? 0);
  }
  const sizes = sums.map(Math.abs).sort();
  const scale = sizes[Math.floor(SHARE * (sizes.length - 1))] || (sizes.at(-1) ?? 0);
  const size = height * width;
  const pictures = Array.from({ length: Math.min(MOST, count) }, (_, output): Picture => {
    const pixels = new Uint8Array(3 * size);
    for (let p = 0; p < size; p++) pixels.set(colourOf((sums[output * size + p] ?? 0) / (scale || 1)), 3 * p);
    return { width, height, channels: 3, pixels };
  });
  return { layer, of: isFilter ? "filter" : "neuron", count, pictures, scale, channels: depth };
}

const [WHITE, BLUE, ORANGE] = [
  [255, 255, 255],
  [20, 90, 170],
  [190, 80, 0],
] as const;

/** From −1, orange, over white to 1, blue. */
function colourOf(share: number): number[] {
  const size = Math.min(1, Math.abs(share));
  const full = share < 0 ? ORANGE : BLUE;
  return WHITE.map((white, c) => Math.round(white + ((full[c] ?? 0) - white) * size));
}

/** All of them on one sheet, in rows, with a grey line between them. */
export function onOneSheet({ pictures }: WeightPictures): Picture {
  const { width: w = 1, height: h = 1 } = pictures[0] ?? {};
  const zoom = Math.max(1, Math.floor(56 / Math.max(w, h)));
  const across = Math.ceil(Math.sqrt(pictures.length));
  const down = Math.ceil(pictures.length / across);
  const [tall, wide] = [zoom * h + 1, zoom * w + 1];
  const [height, width] = [down * tall + 1, across * wide + 1];
  const pixels = new Uint8Array(3 * height * width).fill(128);
  for (const [i, picture] of pictures.entries()) {
    const [top, left] = [Math.floor(i / across) * tall + 1, (i % across) * wide + 1];
    for (let y = 0; y < zoom * h; y++) {
      for (let x = 0; x < zoom * w; x++) {
        const from = 3 * (Math.floor(y / zoom) * w + Math.floor(x / zoom));
        pixels.set(picture.pixels.subarray(from, from + 3), 3 * ((top + y) * width + left + x));
      }
    }
  }
  return { width, height, channels: 3, pixels };
}
