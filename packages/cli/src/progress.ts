/** The live line of a training: on stderr, and only where that is a terminal. */
import type { SingleBar } from "cli-progress";
import type { Progress } from "inkling";
import { count, duration } from "./report/terminal.ts";

/** The bar whose line is on the screen. */
let shown: SingleBar | undefined;

/** Takes the live line away, so that something can be printed in its place; the next update draws it again. */
export function clearLine(): void {
  shown?.stop();
  shown = undefined;
}

/** What draws lines. */
type Drawing = typeof import("cli-progress");

export class ProgressBar {
  readonly #epochs: number;
  /** Absent where no line is shown. */
  readonly #drawing: Drawing | undefined;
  #isOver = false;

  private constructor(epochs: number, drawing: Drawing | undefined) {
    this.#epochs = epochs;
    this.#drawing = drawing;
  }

  /** The line of a training that takes so many epochs; one that nobody sees if it is not live. */
  static async of(epochs: number, live: boolean): Promise<ProgressBar> {
    const visible = live && process.stderr.isTTY === true && process.env.TERM !== "dumb";
    return new ProgressBar(epochs, visible ? await import("cli-progress") : undefined);
  }

  /** Shows where training stands. */
  update(progress: Progress): void {
    if (this.#drawing === undefined || this.#isOver) return;
    const { epoch, step, steps, examples, seconds, loss, accuracy } = progress;
    const total = this.#epochs * steps;
    const done = (epoch - 1) * steps + step;
    if (shown === undefined) {
      shown = new this.#drawing.SingleBar({
        format: (_options, { value, total }, { text }: { text: string }) =>
          liveLine(value / total, text, process.stderr.columns || 80),
        fps: 10,
        // Nothing is switched off that a stopped process (Ctrl-Z) would leave off.
        hideCursor: false,
        linewrap: true,
        clearOnComplete: true,
        stream: process.stderr,
        gracefulExit: false,
      });
      shown.start(total, 0, { text: "" });
    }
    const perEpoch = steps === 1 ? examples : (examples / step) * steps;
    const trained = (epoch - 1) * perEpoch + examples;
    const text = [
      `epoch ${epoch}/${this.#epochs}`,
      `step ${count(step)}/${count(steps)}`,
      `loss ${loss.toFixed(4)}`,
      ...(accuracy === undefined ? [] : [`accuracy ${(100 * accuracy).toFixed(1)} %`]),
      `${count(trained / seconds)} examples/s`,
      `${duration((seconds / done) * (total - done))} left`,
    ].join("  ");
    shown.update(done, { text });
  }

  /** Takes the line away for good. */
  end(): void {
    this.#isOver = true;
    clearLine();
  }
}

/**
 * The text behind a bar that takes the room there is; in a narrow window the text alone, cut to the window. The last
 * three columns stay empty: there the terminal itself writes ^C, which would otherwise begin another line.
 */
export function liveLine(share: number, text: string, columns: number): string {
  const room = columns - 3;
  const width = Math.min(30, room - text.length - 2);
  if (width < 8) return text.slice(0, room);
  const filled = Math.round(share * width);
  return `${"█".repeat(filled)}${"░".repeat(width - filled)}  ${text}`;
}
