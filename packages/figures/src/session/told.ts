/** What a training has said of itself until now: its curve, its epochs, where it stands, how fast it is. */
import type { Evaluation, Progress } from "inkling";
import { Curve } from "./curve.ts";
import type { EpochPoint, Mark, Standing } from "./protocol.ts";
import { Speed } from "./speed.ts";

/** An epoch before its first step. */
const NOTHING = { loss: 0, hits: 0, examples: 0 };

export class Told {
  readonly speed = new Speed();
  curve = new Curve();
  epochsDone: readonly EpochPoint[] = [];
  standing: Standing | undefined;
  /** Sums over the epoch so far, before the last step. */
  #before = NOTHING;

  /** A step, of which `total` have been done now. */
  step(progress: Progress, total: number): void {
    const { epoch, step, steps, loss, accuracy = 0, examples, seconds, learningRate, ended } = progress;
    this.standing = { epoch, step, steps, loss, accuracy, examples, seconds, learningRate, ended };
    const before = step === 1 ? NOTHING : this.#before;
    const sums = sumsOf(this.standing);
    const own = { loss: sums.loss - before.loss, hits: sums.hits - before.hits };
    this.curve.add(total, own.loss, own.hits, sums.examples - before.examples);
    this.#before = sums;
    this.speed.add(progress);
  }

  /** An epoch has ended: what its examples came to, and those of the test. */
  epoch(
    { epoch, validation }: Progress,
    total: number,
    measured: Pick<Evaluation, "loss" | "accuracy">,
    tested: Evaluation,
  ): void {
    this.epochsDone = [
      ...this.epochsDone,
      {
        ...{ epoch, total, loss: measured.loss, accuracy: measured.accuracy ?? 0 },
        ...{ testLoss: tested.loss, testAccuracy: tested.accuracy ?? 0 },
        ...{ validationLoss: validation?.loss, validationAccuracy: validation?.accuracy },
      },
    ];
  }

  state(): Pick<Mark, "curve" | "epochsDone" | "standing"> {
    return { curve: this.curve.state(), epochsDone: this.epochsDone, standing: this.standing };
  }

  /** Goes on from what was said at a moment; undefined before the first step. */
  take(mark: ReturnType<Told["state"]> | undefined): void {
    this.curve = mark === undefined ? new Curve() : Curve.from(mark.curve);
    this.epochsDone = mark?.epochsDone ?? [];
    this.standing = mark?.standing;
    this.#before = sumsOf(mark?.standing);
    this.speed.reset();
  }
}

/** A training says means over its epoch so far; a step's own numbers are differences of their sums. */
function sumsOf(standing: Standing | undefined) {
  if (standing === undefined) return NOTHING;
  const { loss, accuracy, examples } = standing;
  return { loss: loss * examples, hits: Math.round(accuracy * examples), examples };
}
