/** Where a report is printed: how wide it is, and whether it has colours. */
import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

export interface Terminal {
  /** Columns. */
  readonly width: number;
  /** Whether colours show: on a terminal, unless NO_COLOR is set. */
  readonly colour: boolean;
  /** Whether tables have no room: they become lists. */
  readonly isNarrow: boolean;
  /** Text in a style, or plain where colours do not show. */
  style(style: Style, text: string): string;
}

/** The terminal behind a stream; a file or a pipe is 80 columns wide and plain. */
export function terminalOf(stream: NodeJS.WriteStream): Terminal {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const wanted = FORCE_COLOR !== undefined && FORCE_COLOR !== "0";
  const colour = wanted || (stream.isTTY === true && !NO_COLOR && TERM !== "dumb");
  const width = stream.isTTY ? stream.columns || 80 : 80;
  return {
    width,
    colour,
    isNarrow: width < 60,
    style: (style, text) => (colour ? styleText(style, text) : text),
  };
}

/** 0.9805 as "98.05 %". */
export function percent(fraction: number, decimals = 2): string {
  return Number.isNaN(fraction) ? "–" : `${(100 * fraction).toFixed(decimals)} %`;
}

/** 60000 as "60,000". */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Seconds as "42 ms", "4.2 s", "1 min 05 s" or "2 h 03 min". */
export function duration(seconds: number): string {
  if (seconds < 0.0995) return `${Math.round(1000 * seconds)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (n: number) => String(n).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

/** A number with so many significant digits: 12.34, 0.001234, 12340. */
export function short(value: number, digits = 4): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : "–";
}

/** What stays on one line: a flag with its value, otherwise each word. */
const UNBROKEN = /--[\w-]+ (?!--|\()\S+|\S+/g;

/** Text that is too long for its place, as far as there is room, with … for the rest. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** Words broken into lines of the terminal's width, each with an indent; a flag stays with its value. */
export function wrap(text: string, width: number, indent = "  "): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.match(UNBROKEN) ?? []) {
    if (line.length + word.length + 1 > width && line !== indent) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** Where text beside a title begins. */
export function indentOf({ isNarrow }: Terminal): string {
  return " ".repeat(isNarrow ? 2 : 10);
}

/** A title in bold with its text beside it, on as many lines as it takes. */
export function titled(title: string, text: string, terminal: Terminal): string[] {
  const indent = indentOf(terminal);
  const [first = "", ...more] = wrap(text, terminal.width, indent);
  const heading = terminal.style("bold", title);
  if (terminal.isNarrow) return [heading, first, ...more];
  return [heading + " ".repeat(indent.length - title.length) + first.slice(indent.length), ...more];
}
