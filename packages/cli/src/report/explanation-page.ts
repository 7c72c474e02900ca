/** The sheet that explanation.ts writes on: lines that fit the window, numbers, and where an equation stands. */
import type { Source } from "inkling/proofs";
import { type Terminal, wrap } from "./terminal.ts";

/** Rows of numbers that are shown of a long vector, and numbers that are shown in any case. */
const MOST_ROWS = 2;
const LEAST_SHOWN = 10;
/** Columns of a number in a row. */
const CELL = 8;

export class Page {
  readonly lines: string[] = [];
  readonly terminal: Terminal;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  title(text: string): void {
    const style = (line: string) => this.terminal.style(["bold", "cyan"], line);
    this.lines.push("", ...wrap(text, this.terminal.width, "").map(style));
  }

  /**
   * Text that begins so many columns in, on as many lines as it takes; the places of its equations at the right edge.
   */
  line(indent: number, text: string, ...sources: readonly Source[]): void {
    const { width } = this.terminal;
    const [begin, hang] = [" ".repeat(indent), " ".repeat(indent + 2)];
    const [first = "", ...more] = wrap(text, width, hang).map((line) => line.trimEnd());
    const lines = begin.length + text.length <= width ? [begin + text] : [begin + first.trimStart(), ...more];
    const place = placesOf(sources);
    if (place === "") {
      this.lines.push(...lines);
      return;
    }
    const last = lines.pop() ?? "";
    const gap = width - last.length - place.length;
    const shown = this.terminal.style("dim", place);
    if (gap >= 2) this.lines.push(...lines, last + " ".repeat(gap) + shown);
    else this.lines.push(...lines, last, " ".repeat(Math.max(0, width - place.length)) + shown);
  }

  /**
   * A row of numbers; where it takes several lines, the index of each line's first one before it. Of a long row the
   * start.
   */
  vector(indent: number, name: string, values: ArrayLike<number>, format = cell): void {
    const { width } = this.terminal;
    const label = `${" ".repeat(indent)}${name} `;
    const fits = label.length + CELL * values.length <= width;
    const perLine = fits ? values.length : Math.max(1, Math.min(10, Math.floor((width - label.length - 5) / CELL)));
    const shown = Array.from(values).slice(0, Math.max(LEAST_SHOWN, MOST_ROWS * perLine));
    for (let i = 0; i < shown.length; i += perLine) {
      const row = shown.slice(i, i + perLine).map((value) => format(value).padStart(CELL));
      const index = fits ? "" : this.terminal.style("dim", `[${i}]`.padStart(5));
      this.lines.push((i === 0 ? label : " ".repeat(label.length)) + index + row.join(""));
    }
    const rest = values.length - shown.length;
    if (rest > 0) this.line(label.length, `… ${rest} more (all with --json)`);
  }
}

/** The folder says which of two files of one name it is: "layers/dense.ts:112, 114". */
export function placesOf(sources: readonly Source[]): string {
  const lines = new Map<string, number[]>();
  for (const { file, line } of sources) {
    const short = file.split("/").slice(-2).join("/");
    lines.set(short, [...(lines.get(short) ?? []), line]);
  }
  return [...lines].map(([file, numbers]) => `${file}:${numbers.join(", ")}`).join(", ");
}

/** A number with four digits; a large one without decimals. */
export function number(value: number): string {
  return shown(value, (size) => {
    if (size >= 1e4 && size < 1e9) return String(Math.round(size));
    return size >= 1e-4 && size < 1e5 ? size.toPrecision(4) : size.toExponential(2);
  });
}

/** A number in at most seven characters, for rows of them. */
export function cell(value: number): string {
  return shown(value, (size) => {
    if (size >= 1e-2 && size < 1e4) return size.toPrecision(size < 0.1 ? 3 : 4);
    return size.toExponential(size < 1e-9 || size >= 1e10 ? 0 : 1);
  });
}

function shown(value: number, digits: (size: number) => string): string {
  if (value === 0 || !Number.isFinite(value)) return String(value).replace("-", "−");
  return `${value < 0 ? "−" : ""}${digits(Math.abs(value)).replace("e+", "e").replace("-", "−")}`;
}

/** A number as a factor or a term of a sum: a negative one in brackets. */
export function factor(value: number): string {
  return value < 0 ? `(${number(value)})` : number(value);
}

/** A number that is compared with its neighbours: six digits. */
export function fine(value: number): string {
  return shown(value, (size) => (size >= 1e-4 && size < 1e6 ? size.toPrecision(6) : size.toExponential(5)));
}

/** An index as subscript digits. */
export function sub(index: number): string {
  return String(index).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)] ?? "");
}

/** "1 neuron", "5 neurons". */
export function counted(value: number, word: string): string {
  return `${value} ${word}${value === 1 ? "" : "s"}`;
}

/** "neuron 3", "neurons 1, 4 and 7"; of many the first. */
export function listOf(word: string, indices: readonly number[]): string {
  if (indices.length === 1) return `${word} ${indices[0]}`;
  if (indices.length > 12) return `${indices.length} ${word}s (${indices.slice(0, 10).join(", ")} …)`;
  return `${word}s ${indices.slice(0, -1).join(", ")} and ${indices.at(-1)}`;
}

/** The place of the number that is largest in size. */
export function largestAt(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i] ?? 0) > Math.abs(values[best] ?? 0)) best = i;
  return best;
}
