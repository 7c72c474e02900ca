/** The live line of a training: on stderr, and only where that is a terminal. */
import { SingleBar } from "cli-progress";
import type { Progress } from "inkling";
import { count, duration } from "./report/terminal.ts";

export class ProgressBar {
  private bar: SingleBar | undefined;
  private readonly visible: boolean;
  private readonly epochs: number;

  constructor(epochs: number, live: boolean) {
    this.epochs = epochs;
    this.visible = live && process.stderr.isTTY === true && process.env.TERM !== "dumb";
  }

  /** Shows where training stands. */
  update(progress: Progress): void {
    if (!this.visible) return;
    const { epoch, step, steps, examples, seconds, loss, accuracy } = progress;
    const total = this.epochs * steps;
    const done = (epoch - 1) * steps + step;
    if (this.bar === undefined) {
      this.bar = new SingleBar({
        format: (_options, { value, total }, { text }: { text: string }) => line(value / total, text),
        fps: 10,
        // Nothing is switched off that a stopped process (Ctrl-Z) would leave off.
        hideCursor: false,
        linewrap: true,
        clearOnComplete: true,
        stream: process.stderr,
        gracefulExit: false,
      });
      this.bar.start(total, 0, { text: "" });
    }
    const perEpoch = steps === 1 ? examples : (examples / step) * steps;
    const trained = (epoch - 1) * perEpoch + examples;
    const text = [
      `epoch ${epoch}/${this.epochs}`,
      `step ${count(step)}/${count(steps)}`,
      `loss ${loss.toFixed(4)}`,
      `accuracy ${(100 * accuracy).toFixed(1)} %`,
      `${count(trained / seconds)} examples/s`,
      `${duration((seconds / done) * (total - done))} left`,
    ].join("  ");
    this.bar.update(done, { text });
  }

  /** Takes the line away, so that something can be printed. */
  clear(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}

/** The text behind a bar that takes the room there is; in a narrow window the text alone, cut to the window. */
function line(share: number, text: string): string {
  const room = (process.stderr.columns || 80) - 1;
  const width = Math.min(30, room - text.length - 2);
  if (width < 8) return text.slice(0, room);
  const filled = Math.round(share * width);
  return `${"█".repeat(filled)}${"░".repeat(width - filled)}  ${text}`;
}
