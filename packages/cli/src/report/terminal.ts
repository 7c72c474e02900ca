/** Where a report is printed: how wide it is, and whether it has colours. */
import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

export interface Terminal {
  /** Columns. */
  readonly width: number;
  /** Whether colours show: on a terminal, unless NO_COLOR is set. */
  readonly colour: boolean;
  /** Text in a style, or plain where colours do not show. */
  style(style: Style, text: string): string;
}

/** The terminal behind a stream; a file or a pipe is 80 columns wide and plain. */
export function terminalOf(stream: NodeJS.WriteStream): Terminal {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const wanted = FORCE_COLOR !== undefined && FORCE_COLOR !== "0";
  const colour = wanted || (stream.isTTY === true && !NO_COLOR && TERM !== "dumb");
  return {
    width: stream.isTTY ? stream.columns || 80 : 80,
    colour,
    style: (style, text) => (colour ? styleText(style, text) : text),
  };
}

/** 0.9805 as "98.05 %". */
export function percent(fraction: number): string {
  return Number.isNaN(fraction) ? "–" : `${(100 * fraction).toFixed(2)} %`;
}

/** 60000 as "60,000". */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Seconds as "4.2 s", "1 min 05 s" or "2 h 03 min". */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (n: number) => String(n).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}
