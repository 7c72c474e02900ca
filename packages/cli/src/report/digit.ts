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

/** Images of one size without the margins that are empty in all of them. */
export function trimmed(images: readonly Drawable[]): Drawable[] {
  const { height = 0, width = 0 } = images[0] ?? {};
  const inked = (row: number, column: number) => images.some(({ pixels }) => (pixels[row * width + column] ?? 0) > 0);
  const rows = Array.from({ length: height }, (_, row) => row);
  const columns = Array.from({ length: width }, (_, column) => column);
  const inkedRows = rows.filter((row) => columns.some((column) => inked(row, column)));
  const inkedColumns = columns.filter((column) => rows.some((row) => inked(row, column)));
  const [top = 0, left = 0] = [inkedRows[0], inkedColumns[0]];
  const [bottom = 0, right = 0] = [inkedRows.at(-1), inkedColumns.at(-1)];
  return images.map(({ pixels }) => {
    const lines = rows.slice(top, bottom + 1).map((row) => {
      return Array.from(pixels).slice(row * width + left, row * width + right + 1);
    });
    return { height: bottom - top + 1, width: right - left + 1, pixels: lines.flat() };
  });
}

/** Images without their margins, made smaller by one scale, each in the middle of a frame of at most so many rows. */
export function shrunk(images: readonly Drawable[], rows: number): Drawable[] {
  const cropped = images.flatMap((image) => trimmed([image]));
  const scale = Math.min(1, rows / Math.max(...cropped.map(({ height }) => height)));
  const small = scale === 1 ? cropped : cropped.map((image) => resized(image, scale));
  const [height, width] = [
    Math.max(...small.map((image) => image.height)),
    Math.max(...small.map((image) => image.width)),
  ];
  return small.map((image) => framed(image, height, width));
}

/** An image in the middle of a larger one. */
function framed(image: Drawable, height: number, width: number): Drawable {
  const pixels = new Float32Array(height * width);
  const [top, left] = [(height - image.height) >> 1, (width - image.width) >> 1];
  for (let row = 0; row < image.height; row++) {
    for (let column = 0; column < image.width; column++) {
      pixels[(top + row) * width + left + column] = image.pixels[row * image.width + column] ?? 0;
    }
  }
  return { height, width, pixels };
}

/** An image made smaller: a new pixel is the mean of what it covers. The darkest one keeps its ink. */
function resized({ height, width, pixels }: Drawable, scale: number): Drawable {
  const [rows, columns] = [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))];
  const [down, across] = [shares(height, rows), shares(width, columns)];
  const means = down.flatMap((ys) =>
    across.map((xs) => {
      let sum = 0;
      for (const [y, tall] of ys) for (const [x, wide] of xs) sum += tall * wide * (pixels[y * width + x] ?? 0);
      return sum;
    }),
  );
  const most = Math.max(...means) || 1;
  const ink = Math.max(...Array.from(pixels));
  return { height: rows, width: columns, pixels: means.map((mean) => (mean / most) * ink) };
}

/**
 * For each of `to` equal parts of a length of `from` pixels: the pixels that it covers, and which share of it each is.
 */
function shares(from: number, to: number): [pixel: number, share: number][][] {
  const size = from / to;
  return Array.from({ length: to }, (_, part) => {
    const [begin, end] = [part * size, (part + 1) * size];
    const first = Math.floor(begin);
    const covered = Array.from({ length: Math.min(from, Math.ceil(end)) - first }, (_, i) => first + i);
    return covered.map((pixel) => [pixel, (Math.min(pixel + 1, end) - Math.max(pixel, begin)) / size]);
  });
}

/** A picture with its captions; `drawn` is how many columns its lines take. */
export interface Block {
  readonly lines: readonly string[];
  readonly drawn: number;
  readonly captions: readonly string[];
}

/** Blocks side by side, each `width` columns wide, in as many rows as the terminal needs. */
export function sideBySide(blocks: readonly Block[], width: number, terminal: Terminal): string[] {
  const gap = 2;
  const perRow = Math.max(1, Math.floor((terminal.width + gap) / (width + gap)));
  const out: string[] = [];
  for (let first = 0; first < blocks.length; first += perRow) {
    const row = blocks.slice(first, first + perRow);
    const height = Math.max(...row.map(({ lines }) => lines.length));
    const captions = Math.max(...row.map((block) => block.captions.length));
    for (let i = 0; i < height; i++) {
      // A line with colours is longer than it is wide: what is missing is added by the image's own width.
      const cells = row.map(({ lines, drawn }) => (lines[i] ?? " ".repeat(drawn)) + " ".repeat(width - drawn));
      out.push(cells.join(" ".repeat(gap)).trimEnd());
    }
    for (let i = 0; i < captions; i++) {
      out.push(
        row
          .map((block) => (block.captions[i] ?? "").slice(0, width).padEnd(width))
          .join(" ".repeat(gap))
          .trimEnd(),
      );
    }
    if (first + perRow < blocks.length) out.push("");
  }
  return out;
}
