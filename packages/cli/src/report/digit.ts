/** Images drawn in the terminal: two pixels a character, upper and lower half. */
import type { Terminal } from "./terminal.ts";

/** An image of numbers from 0 (paper) to 255 (ink), row-major. */
export interface Drawable {
  readonly height: number;
  readonly width: number;
  readonly pixels: ArrayLike<number>;
}

/** The first of xterm's 24 grey levels, which go from almost black to almost white. */
const FIRST_GREY = 232;

/** The image's lines, `width` characters each: grey levels where colours show, otherwise ink or paper. */
export function drawImage({ height, width, pixels }: Drawable, terminal: Terminal): string[] {
  const at = (row: number, column: number) => (row < height ? (pixels[row * width + column] ?? 0) : 0);
  const lines: string[] = [];
  for (let row = 0; row < height; row += 2) {
    let line = "";
    for (let column = 0; column < width; column++) {
      const [upper, lower] = [at(row, column), at(row + 1, column)];
      line += terminal.colour ? grey(upper, lower) : plain(upper, lower);
    }
    lines.push(terminal.colour ? `${line}\u001b[0m` : line);
  }
  return lines;
}

function grey(upper: number, lower: number): string {
  const level = (pixel: number) => FIRST_GREY + Math.round((pixel / 255) * 23);
  return `\u001b[38;5;${level(upper)};48;5;${level(lower)}m▀`;
}

function plain(upper: number, lower: number): string {
  const ink = 96;
  if (upper >= ink) return lower >= ink ? "█" : "▀";
  return lower >= ink ? "▄" : " ";
}

/** Blocks of lines side by side, each `width` columns wide, in as many rows as the terminal needs. */
export function sideBySide(
  blocks: readonly { readonly lines: readonly string[]; readonly captions: readonly string[] }[],
  width: number,
  terminal: Terminal,
): string[] {
  const gap = 2;
  const perRow = Math.max(1, Math.floor((terminal.width + gap) / (width + gap)));
  const out: string[] = [];
  for (let first = 0; first < blocks.length; first += perRow) {
    const row = blocks.slice(first, first + perRow);
    const height = Math.max(...row.map(({ lines }) => lines.length));
    const captions = Math.max(...row.map((block) => block.captions.length));
    for (let i = 0; i < height; i++)
      out.push(
        row
          .map(({ lines }) => lines[i] ?? "")
          .join(" ".repeat(gap))
          .trimEnd(),
      );
    for (let i = 0; i < captions; i++) {
      out.push(
        row
          .map((block) => (block.captions[i] ?? "").slice(0, width).padEnd(width))
          .join(" ".repeat(gap))
          .trimEnd(),
      );
    }
    out.push("");
  }
  return out;
}
