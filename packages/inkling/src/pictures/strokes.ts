/**
 * How wide the strokes of a digit are, and how to change that. MNIST's strokes are 2 to 3 pixels wide in its box of 20;
 * a ballpoint's are one, a marker's five, and a network that has never seen such strokes misreads them.
 *
 *   ink A = Σ v,   outline P = Σ |∇v|      a stroke of length l and width w has A = l·w and P ≈ 2·l
 *   width w = 2·A / P
 */
import type { Ink } from "./normalize.ts";

const { ceil, floor, max, min, sqrt } = Math;

/**
 * Grain has an outline of its own. What is paler than the one counts as paper, what is darker than the other as ink.
 */
const [PAPER, INK] = [0.3, 0.7];

/** The mean width of the strokes, in pixels; 0 without ink. */
export function strokeWidth({ width, height, values }: Ink): number {
  let [area, outline] = [0, 0];
  // One row and one column more than the picture has: outside of it is paper.
  const at = (y: number, x: number) => {
    if (y < 0 || x < 0 || y >= height || x >= width) return 0;
    return min(1, max(0, (values[y * width + x] - PAPER) / (INK - PAPER)));
  };
  for (let y = -1; y < height; y++) {
    for (let x = -1; x < width; x++) {
      const v = at(y, x);
      const [right, down] = [at(y, x + 1) - v, at(y + 1, x) - v];
      area += v;
      outline += sqrt(right * right + down * down);
    }
  }
  return outline === 0 ? 0 : (2 * area) / outline;
}

/** The ink with every stroke wider by `radius` pixels to each side; room for it is added around. */
export function thickened(ink: Ink, radius: number): Ink {
  return spread(padded(ink, ceil(radius)), radius, 1);
}

/** The ink with every stroke narrower by `radius` pixels from each side. */
export function thinned(ink: Ink, radius: number): Ink {
  return spread(padded(ink, ceil(radius)), radius, -1);
}

function padded({ width, height, values }: Ink, by: number): Ink {
  const wide = width + 2 * by;
  const room = new Float32Array(wide * (height + 2 * by));
  for (let y = 0; y < height; y++) room.set(values.subarray(y * width, (y + 1) * width), (y + by) * wide + by);
  return { width: wide, height: height + 2 * by, values: room };
}

/**
 * The largest value in a disc around each pixel, times `sign`: of −v it is the smallest. A row of the disc at a time.
 */
function spread({ width, height, values }: Ink, radius: number, sign: 1 | -1): Ink {
  const signed = sign === 1 ? values : values.map((v) => -v);
  const out = signed.slice();
  const reach = floor(radius);
  for (let dy = -reach; dy <= reach; dy++) {
    const half = floor(sqrt(radius * radius - dy * dy));
    for (let y = max(0, -dy); y < min(height, height - dy); y++) {
      const from = (y + dy) * width;
      for (let x = 0; x < width; x++) {
        let most = out[y * width + x];
        const end = from + min(width - 1, x + half);
        for (let k = from + max(0, x - half); k <= end; k++) if (signed[k] > most) most = signed[k];
        out[y * width + x] = most;
      }
    }
  }
  return { width, height, values: sign === 1 ? out : out.map((v) => -v) };
}
