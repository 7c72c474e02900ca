/**
 * The learning rate. Three trainings from the same start, on the same digits in the same order, with a tenth of the
 * rate, the rate, and ten times the rate: the reader drags the rate. Too small a step is slow, too large a step leaves
 * the valley.
 */
import { evaluate } from "inkling";
import { html, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import type { PlotLine, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { inDigits, inPercent } from "../words/messages.ts";
import { words } from "./f20-learning-rate.words.ts";
import { fresh, type Halves, LearningFigure } from "./learning.ts";

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

interface Run {
  readonly rate: number;
  readonly losses: readonly number[];
  readonly accuracy: number | undefined;
  readonly ending: "ended" | "left" | "diverged" | undefined;
}

export class F20LearningRate extends LearningFigure {
  static override properties = { ...LearningFigure.properties, exponent: { type: Number }, runs: { state: true } };

  /** log₁₀ of the middle rate. */
  declare exponent: number;
  declare protected runs: readonly Run[];

  constructor() {
    super();
    this.exponent = exponentIn(globalThis.location?.hash ?? "");
    this.runs = [];
  }

  protected override async compute({ learn, judge }: Halves, isWanted: () => boolean): Promise<void> {
    const rates = [-1, 0, 1].map((by) => 10 ** (this.exponent + by));
    this.runs = rates.map((rate) => ({ rate, losses: [], accuracy: undefined, ending: undefined }));
    for (const [i, rate] of rates.entries()) {
      const model = fresh();
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
          min="-2"
          max="1.5"
          step="0.25"
          .value=${this.exponent}
          .text=${(exponent: number) => inDigits(10 ** exponent, 2)}
          @slide=${this.#onSlide}
        ></inkling-slider>
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
        <p class="note">
          ${words().what(String(learn.count), String(judge.count), String(steps))}
        </p>
      </inkling-question>
    `;
  }

  readonly #onSlide = ({ detail }: CustomEvent<SlideDetail>) => {
    this.exponent = detail.value;
    const said = new URLSearchParams(location.hash.replace(/^#/, ""));
    if (said.get("v") !== "1") said.set("v", "1");
    said.set("rate", String(detail.value));
    history.replaceState(history.state, "", `#${said}`);
    this.again();
  };
}

/** The exponent that an address says; 0, the rate 1, if it says none. */
function exponentIn(hash: string): number {
  const text = new URLSearchParams(hash.replace(/^#/, "")).get("rate") ?? "";
  const value = Number(text);
  return /^-?\d(\.\d+)?$/.test(text) && value >= -2 && value <= 1.5 ? value : 0;
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
