/**
 * Pictures of numbers with a sign, as gradients and weights: orange for negative, blue for positive, the darker the
 * smaller. Two rows a line, as in digit.ts. Where colours do not show, + and − stand for the larger of both rows.
 */
import type { Drawable } from "./digit.ts";
import type { Terminal } from "./terminal.ts";

/** From 0 to the largest number: places in xterm's cube of 6 × 6 × 6 colours, which begins at 16. */
const BLUES = [16, 17, 18, 25, 32, 39, 81];
const ORANGES = [16, 52, 94, 130, 166, 208, 215];

/** A sign is drawn for numbers of at least this share of the largest. */
const LEAST_SIGN = 0.15;

/**
 * The picture's lines, `width` characters each. `pixels` are the numbers, row-major; the largest one sets the scale.
 */
export function drawSigned({ height, width, pixels }: Drawable, terminal: Terminal): string[] {
  let largest = 0;
  for (let i = 0; i < pixels.length; i++) largest = Math.max(largest, Math.abs(pixels[i] ?? 0));
  /** From −1 to 1. */
  const at = (row: number, column: number) => {
    const value = row < height ? (pixels[row * width + column] ?? 0) : 0;
    return largest === 0 ? 0 : value / largest;
  };
  const lines: string[] = [];
  for (let row = 0; row < height; row += 2) {
    let line = "";
    for (let column = 0; column < width; column++) {
      const [upper, lower] = [at(row, column), at(row + 1, column)];
      line += terminal.colour
        ? `\u001b[38;5;${colourOf(upper)};48;5;${colourOf(lower)}m▀`
        : signOf(Math.abs(upper) >= Math.abs(lower) ? upper : lower);
    }
    lines.push(terminal.colour ? `${line}\u001b[0m` : line);
  }
  return lines;
}

function colourOf(share: number): number {
  const ramp = share < 0 ? ORANGES : BLUES;
  return ramp[Math.round(Math.abs(share) * (ramp.length - 1))] ?? 16;
}

function signOf(share: number): string {
  if (!(Math.abs(share) >= LEAST_SIGN)) return " ";
  return share < 0 ? "−" : "+";
}
