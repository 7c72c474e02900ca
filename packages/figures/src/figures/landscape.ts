/**
 * The loss of one digit over two directions through all numbers of the network: C(θ + α·d₁ + β·d₂), at a point with its
 * slopes, and as a picture. The picture is computed in pieces, so that the page stays free.
 */
import { colourOf, cssColour, type Palette } from "../colours/palette.ts";
import type { Point } from "../parts/plot.ts";
import type { OneExample } from "./one-example.ts";

/** Losses in a row of the picture's grid. */
const GRID = 41;
/** Pixels in a row of the picture. */
const SIZE = 205;
/** In how many bands losses are coloured, so that lines of equal loss are seen. */
const BANDS = 14;
/** How long is computed before the page has its turn, in milliseconds. */
const TURN = 10;

export class Landscape {
  readonly #example: OneExample;
  readonly #directions: readonly [Float64Array, Float64Array];
  readonly #home: Float64Array;
  readonly #here: Float64Array;
  /** The numbers that change in this slice. */
  readonly #moved: readonly number[];

  constructor(example: OneExample, directions: readonly [Float64Array, Float64Array]) {
    this.#example = example;
    this.#directions = directions;
    this.#home = example.all();
    this.#here = this.#home.slice();
    const [first, second] = directions;
    this.#moved = Array.from(first.keys()).filter((e) => first[e] !== 0 || second[e] !== 0);
  }

  /** C, its slope along both directions, and the length of the whole gradient. */
  at(point: Point): { readonly loss: number; readonly slope: Point; readonly length: number } {
    this.#go(point);
    const loss = this.#example.loss();
    const gradient = this.#example.gradients();
    this.#example.setAll(this.#home);
    const along = (direction: Float64Array) => direction.reduce((sum, d, e) => sum + d * (gradient[e] ?? 0), 0);
    const [first, second] = this.#directions;
    return {
      loss,
      slope: [along(first), along(second)],
      length: Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0)),
    };
  }

  /** Computes the losses from −reach to reach, and tells them when all are there. */
  async survey(reach: number, tell: (losses: Float64Array) => void, isWanted: () => boolean): Promise<void> {
    const losses = new Float64Array(GRID * GRID);
    let start = performance.now();
    for (let i = 0; i < losses.length; i++) {
      if (performance.now() - start > TURN) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        if (!isWanted()) return;
        start = performance.now();
      }
      const [row, column] = [Math.floor(i / GRID), i % GRID];
      this.#go([reach * ((2 * column) / (GRID - 1) - 1), reach * (1 - (2 * row) / (GRID - 1))]);
      losses[i] = this.#example.loss();
      this.#example.setAll(this.#home);
    }
    tell(losses);
  }

  #go([alpha, beta]: Point): void {
    const [first, second] = this.#directions;
    for (const e of this.#moved) {
      this.#here[e] = (this.#home[e] ?? 0) + alpha * (first[e] ?? 0) + beta * (second[e] ?? 0);
    }
    this.#example.setAll(this.#here);
  }
}

/** Losses as a picture: between the numbers of the grid straight from one to the next, in bands. */
export function pictureOf(losses: Float64Array, palette: Palette): string {
  const canvas = document.createElement("canvas");
  canvas.width = SIZE;
  canvas.height = SIZE;
  const context = canvas.getContext("2d");
  if (context === null) return "";
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const loss = between(losses, (x / (SIZE - 1)) * (GRID - 1), (y / (SIZE - 1)) * (GRID - 1));
      // The root spreads the low losses, where the point usually is.
      const share = Math.sqrt((loss - low) / (high - low || 1));
      const band = Math.min(BANDS - 1, Math.floor(share * BANDS)) / (BANDS - 1);
      context.fillStyle = cssColour(colourOf(band * 0.85, 1, "amount", palette));
      context.fillRect(x, y, 1, 1);
    }
  }
  return canvas.toDataURL();
}

function between(losses: Float64Array, x: number, y: number): number {
  const [i, j] = [Math.min(GRID - 2, Math.floor(x)), Math.min(GRID - 2, Math.floor(y))];
  const [u, v] = [x - i, y - j];
  const at = (row: number, column: number) => losses[row * GRID + column] ?? 0;
  const above = at(j, i) * (1 - u) + at(j, i + 1) * u;
  const below = at(j + 1, i) * (1 - u) + at(j + 1, i + 1) * u;
  return above * (1 - v) + below * v;
}
