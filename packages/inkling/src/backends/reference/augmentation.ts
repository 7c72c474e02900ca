/**
 * `augment` as plain loops: images of a batch, changed. Always in float32, also where the backend computes in float64:
 * bytes come out. The equations are those of backends/warp.ts.
 */
import { MAP, MAP_ERASED, NODE_DRAWS, NOISE_DRAWS } from "../../../kernels/layout.ts";
import type { Pixels } from "../../matrix.ts";
import { philox, TWO_TO_24 } from "../../numbers/random.ts";
import { normalPair } from "../../numbers/trigonometry.ts";
import type { Draws, ElasticField, Warp } from "../warp.ts";

const { floor, fround, max, min } = Math;

/** The changed images of a batch, one after the other. */
export function augmentedBytes(pixels: Pixels, warp: Warp, { epoch, copy, order, start }: Draws): Uint8Array {
  const { rows, columns } = pixels;
  const bytes = new Uint8Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const image = pixels.bytes.subarray(pixels.offset(i), pixels.offset(i) + columns);
    const to = bytes.subarray(i * columns, (i + 1) * columns);
    changeImage(image, warp, { example: order[start + i], epoch, copy }, to);
  }
  return bytes;
}

/** Whose random numbers. */
interface Drawn {
  readonly example: number;
  readonly epoch: number;
  readonly copy: number;
}

function changeImage(image: Uint8Array, warp: Warp, drawn: Drawn, to: Uint8Array): void {
  const { height, width, channels, noise, fill } = warp;
  const map = new Float32Array(MAP);
  warp.draw(drawn, map, 0);
  const [a, b, c, d, e, f] = map;
  const field = warp.elastic && displacement(warp.elastic, warp, drawn);
  const normals = noise > 0 ? noiseOf(image.length, warp, drawn) : undefined;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // x′ = (a·x + (b·y + c)) + u,  y′ = (d·x + (e·y + f)) + v
      let fromX = fround(fround(a * x) + fround(fround(b * y) + c));
      let fromY = fround(fround(d * x) + fround(fround(e * y) + f));
      if (field !== undefined) {
        fromX = fround(fromX + field.u[y * width + x]);
        fromY = fround(fromY + field.v[y * width + x]);
      }
      for (let channel = 0; channel < channels; channel++) {
        const at = (y * width + x) * channels + channel;
        let value = between(image, warp, channel, fromX, fromY);
        // value + deviation·n
        if (normals !== undefined) value = fround(value + fround(fround(noise) * normals[at]));
        to[at] = floor(fround(min(max(value, 0), 255) + 0.5));
      }
    }
  }
  const [top, bottom, left, right] = map.subarray(MAP_ERASED);
  for (let y = top; y < bottom; y++) {
    to.fill(fill, (y * width + left) * channels, (y * width + right) * channels);
  }
}

/** The value at a place between four pixels. */
function between(image: Uint8Array, { height, width, channels }: Warp, channel: number, fromX: number, fromY: number) {
  const p = (x: number, y: number): number =>
    x >= 0 && x < width && y >= 0 && y < height ? image[(y * width + x) * channels + channel] : 0;
  const x = min(max(fromX, -1), width);
  const y = min(max(fromY, -1), height);
  const [X, Y] = [floor(x), floor(y)];
  const [fx, fy] = [fround(x - X), fround(y - Y)];
  // top = p(X, Y) + fx·(p(X + 1, Y) − p(X, Y))
  const top = fround(p(X, Y) + fround(fx * (p(X + 1, Y) - p(X, Y))));
  const bottom = fround(p(X, Y + 1) + fround(fx * (p(X + 1, Y + 1) - p(X, Y + 1))));
  // top + fy·(bottom − top)
  return fround(top + fround(fy * fround(bottom - top)));
}

/** The elastic field: for each pixel how far to the right (u) and down (v) it comes from. */
function displacement(elastic: ElasticField, { height, width, key }: Warp, drawn: Drawn) {
  const { nodesAcross, nodesDown, across, down } = elastic;
  const nodes = nodesAcross * nodesDown;
  const words = drawnWords(2 * nodes, NODE_DRAWS, key, drawn);
  const fieldOf = (first: number): Float32Array => {
    const field = new Float32Array(height * width);
    for (let x = 0; x < width; x++) {
      const sums = new Float32Array(nodesDown);
      for (let j = 0; j < nodesDown; j++) {
        for (let i = 0; i < nodesAcross; i++) {
          // r = (2·(word >>> 8) + 1)·2⁻²⁴ − 1
          const r = (2 * (words[first + j * nodesAcross + i] >>> 8) + 1) / TWO_TO_24 - 1;
          // Σᵢ r[j, i]·across[i, x]
          sums[j] = fround(sums[j] + fround(r * across[i * width + x]));
        }
      }
      for (let y = 0; y < height; y++) {
        let sum = 0;
        // u(x, y) = Σⱼ down[j, y]·(the sum of row j)
        for (let j = 0; j < nodesDown; j++) sum = fround(sum + fround(down[j * height + y] * sums[j]));
        field[y * width + x] = sum;
      }
    }
    return field;
  };
  return { u: fieldOf(0), v: fieldOf(nodes) };
}

/** A normal number for each number of the image. */
function noiseOf(count: number, { key }: Warp, drawn: Drawn): Float32Array {
  const words = drawnWords(count, NOISE_DRAWS, key, drawn);
  const normals = new Float32Array(words.length);
  for (let group = 0; group < words.length; group += 16) {
    for (let pair = group; pair < group + 8; pair++) {
      const [first, second] = normalPair(words[pair], words[pair + 8]);
      normals[pair] = first;
      normals[pair + 8] = second;
    }
  }
  return normals;
}

/** At least so many random words: number 16·g + 4·w + l is word w of draw 4·g + l. */
function drawnWords(count: number, firstDraw: number, key: Uint32Array, { example, epoch, copy }: Drawn): Uint32Array {
  const words = new Uint32Array(16 * Math.ceil(count / 16));
  const out = new Uint32Array(4);
  for (let draw = 0; 4 * draw < words.length; draw++) {
    philox(Uint32Array.of(firstDraw + draw, example, epoch, copy), key, out);
    const group = Math.floor(draw / 4);
    for (let w = 0; w < 4; w++) words[16 * group + 4 * w + (draw % 4)] = out[w];
  }
  return words;
}
