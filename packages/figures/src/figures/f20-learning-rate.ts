/**
 * The learning rate. Three trainings from the same start, on the same digits in the same order, with a tenth of the
 * rate, the rate, and ten times the rate: the reader drags the rate. Too small a step is slow, too large a step leaves
 * the valley. The address keeps the rate and the start: #v=1&rate=-0.5&seed=3 is η = 10⁻⁰·⁵ from the third start.
 */
import { evaluate } from "inkling";
import { html, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import type { PlotLine, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { inRange, keepInAddress, wholeIn } from "../state/kept.ts";
import { inDigits, inPercent } from "../words/messages.ts";
import { stepper } from "./controls.ts";
import { words } from "./f20-learning-rate.words.ts";
import { fresh, type Halves, LearningFigure, type Remedy } from "./learning.ts";

const EPOCHS = 2;
const BATCH = 20;
/** The chart's top: what is higher is said in words. */
const TOP = 5;
/** The smallest rate, the middle one, the largest one. */
const LOOKS = [
  { tone: "quiet", quantity: "small" },
  { tone: "main", quantity: "own" },
  { tone: "amount", quantity: "large" },
] as const;

/** log₁₀ of the middle rate, and how its steps are wide. */
const [SLOWEST, FASTEST, BY] = [-2, 1.5, 0.25];
const MOST_SEEDS = 99;

interface Run {
  readonly rate: number;
  readonly losses: readonly number[];
  readonly accuracy: number | undefined;
  readonly ending: "ended" | "left" | "diverged" | undefined;
}

export class F20LearningRate extends LearningFigure {
  static override properties = {
    ...LearningFigure.properties,
    exponent: { type: Number },
    seed: { type: Number },
    runs: { state: true },
  };

  /** log₁₀ of the middle rate. */
  declare exponent: number;
  /** Of the first weights. */
  declare seed: number;
  declare protected runs: readonly Run[];

  constructor() {
    super();
    [this.exponent, this.seed, this.runs] = [0, 1, []];
    const expected = () => words().rateExpected(inDigits(SLOWEST), inDigits(FASTEST));
    const fields = {
      exponent: { ...inRange(SLOWEST, FASTEST), key: "rate", label: () => words().rate, expected },
      seed: { ...wholeIn(1, MOST_SEEDS), key: "seed", label: () => words().start },
    };
    keepInAddress(this, "f20", fields, () => this.again());
  }

  protected override async compute({ learn, judge }: Halves, isWanted: () => boolean): Promise<void> {
    const rates = [-1, 0, 1].map((by) => 10 ** (this.exponent + by));
    this.runs = rates.map((rate) => ({ rate, losses: [], accuracy: undefined, ending: undefined }));
    for (const [i, rate] of rates.entries()) {
      const model = fresh(this.seed);
      const losses: number[] = [];
      const options = { epochs: EPOCHS, batchSize: BATCH, learningRate: rate };
      const ending = await this.follow(model, learn, options, (loss) => {
        losses.push(loss);
        return isWanted();
      });
      const accuracy = ending === "ended" ? (await evaluate(model, judge)).accuracy : undefined;
      model.close();
      if (!isWanted()) return;
      this.runs = this.runs.map((run, j) => (j === i ? { rate, losses, accuracy, ending } : run));
    }
  }

  protected override draw({ learn, judge }: Halves): TemplateResult {
    const steps = EPOCHS * Math.ceil(learn.count / BATCH);
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question}
        .choices=${[words().smallest, words().middle, words().largest]}
        .right=${1}
        .answer=${words().answer}
      >
        <inkling-slider
          label=${words().rate}
          .min=${SLOWEST}
          .max=${FASTEST}
          .step=${BY}
          .value=${this.exponent}
          .text=${(exponent: number) => inDigits(10 ** exponent, 2)}
          @slide=${this.#onSlide}
        ></inkling-slider>
        <div class="row">
          ${stepper(words().start, words().startOf(String(this.seed)), (by) => this.#take({ seed: this.seed + by }))}
        </div>
        <div class="reveals">
          <inkling-plot
            .xs=${[0, steps]}
            .ys=${[0, TOP]}
            .lines=${this.runs.map((run, i): PlotLine => line(run, LOOKS[i] ?? LOOKS[1]))}
            .xLabel=${words().steps}
            .yLabel=${words().loss}
            .label=${words().chart}
            .height=${280}
          ></inkling-plot>
          <dl class="numbers">
            ${this.runs.map(
              (run) =>
                html`<dt>η = ${inDigits(run.rate, 2)}</dt>
                  <dd data-rate=${run.rate}>${run.ending === undefined ? words().training : outcome(run)}</dd>`,
            )}
          </dl>
        </div>
        <p class="note">
          ${words().what(String(learn.count), String(judge.count), String(steps))}
        </p>
      </inkling-question>
    `;
  }

  readonly #onSlide = ({ detail }: CustomEvent<SlideDetail>) => this.#take({ exponent: detail.value });

  #take({ exponent = this.exponent, seed = this.seed }: { readonly exponent?: number; readonly seed?: number }): void {
    this.exponent = Math.max(SLOWEST, exponent);
    this.seed = Math.max(1, Math.min(MOST_SEEDS, seed));
    this.again();
  }

  protected override get remedy(): Remedy {
    return { text: words().smallerRate, act: () => this.#take({ exponent: Math.min(FASTEST, this.exponent) - BY }) };
  }
}

function line({ rate, losses }: Run, look: (typeof LOOKS)[number]): PlotLine {
  const points = losses.map((loss, i): Point => [i, Math.min(loss, TOP * 1.2)]);
  return points.length === 0 ? { points, ...look } : { points, ...look, label: `η = ${inDigits(rate, 2)}` };
}

/** How a run ended, in words: a loss above the first one is no learning. */
function outcome({ losses, accuracy, ending }: Run): string {
  if (ending === "diverged") return words().diverged;
  const last = losses.slice(-10).reduce((sum, loss) => sum + loss, 0) / Math.max(1, losses.slice(-10).length);
  const share = inPercent(accuracy ?? 0, 1);
  return last > (losses[0] ?? 0) ? words().left(inDigits(last, 2), share) : words().learnt(inDigits(last, 2), share);
}

define("inkling-f20-learning-rate", F20LearningRate);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f20-learning-rate": F20LearningRate;
  }
}
