/**
 * A batch: the gradient of one hidden neuron's weights, as a picture, for a batch of a size that the reader drags,
 * beside that of all digits; and the angle between both, for many batches of each size.
 */
import type { Dataset } from "inkling";
import { Stream } from "inkling/numbers";
import { html, nothing, type TemplateResult } from "lit";
import { boundOf } from "../colours/palette.ts";
import { define } from "../parts/figure.ts";
import "../parts/map.ts";
import type { PlotMark, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { carried } from "../state/carried.ts";
import { inDigits, inWhole } from "../words/messages.ts";
import { words } from "./f21-batch.words.ts";
import { fresh, type Halves, LearningFigure } from "./learning.ts";
import { angleBetween, stepOf } from "./one-step.ts";
import { columnOf } from "./traced.ts";

const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500];
/** At a right angle a step goes neither up nor down. */
const LEVEL: readonly Point[] = [
  [-0.15, 90],
  [2.85, 90],
];
/** Batches of each size. */
const BATCHES = 5;

interface Batch {
  readonly size: number;
  readonly angle: number;
  readonly map: readonly number[];
  /** Of the step, in milliseconds, as it took here. */
  readonly time: number;
}

export class F21Batch extends LearningFigure {
  static override properties = {
    ...LearningFigure.properties,
    index: { state: true },
    which: { state: true },
    batches: { state: true },
    whole: { state: true },
  };

  /** The place of the size in SIZES, and which batch of that size. */
  declare protected index: number;
  declare protected which: number;
  declare protected batches: readonly Batch[];
  /** The neuron's gradient of all digits. */
  declare protected whole: readonly number[] | undefined;

  constructor() {
    super();
    [this.index, this.which] = [3, 0];
    this.batches = [];
  }

  protected override async compute({ learn }: Halves, isWanted: () => boolean): Promise<void> {
    const model = fresh();
    const { neuron } = carried();
    const columns = model.parameters[0]?.value.columns ?? 30;
    const mapOf = (moved: Float64Array) => columnOf({ values: moved.subarray(0, 784 * columns), columns }, neuron);
    const { moved: whole } = await stepOf(model, learn);
    if (!isWanted()) return;
    this.whole = mapOf(whole);
    const found: Batch[] = [];
    const stream = new Stream(1, "batches");
    let drawn = 0;
    for (const size of SIZES) {
      for (let i = 0; i < BATCHES; i++) {
        const batch = randomly(learn, Math.min(size, learn.count), () => stream.uniform(drawn++));
        const { moved, time } = await stepOf(model, batch);
        found.push({ size, angle: angleBetween(moved, whole), map: mapOf(moved), time });
        await this.turn();
        if (!isWanted()) return;
      }
      this.batches = [...found];
    }
    model.close();
  }

  protected override draw({ learn }: Halves): TemplateResult {
    const size = SIZES[this.index] ?? 1;
    const batch = this.batches.filter((own) => own.size === size)[this.which];
    const marks = this.batches.map((own): PlotMark => {
      const mark = { x: Math.log10(own.size), y: own.angle };
      return own === batch
        ? { ...mark, tone: "focus", radius: 7, quantity: "own" }
        : { ...mark, tone: "quiet", quantity: "others" };
    });
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${this.#said(batch)}
        .question=${words().question(inWhole(learn.count))}
        .choices=${[words().nothing, words().roughly, words().exactly]}
        .right=${1}
        .answer=${this.#answer()}
      >
        <inkling-slider
          label=${words().size}
          min="0"
          max=${SIZES.length - 1}
          step="1"
          .value=${this.index}
          .text=${(index: number) => inWhole(SIZES[index] ?? 1)}
          @slide=${this.#onSlide}
        ></inkling-slider>
        <div class="row"><button @click=${this.#another}>${words().another}</button></div>
        ${this.whole === undefined ? nothing : this.#maps(batch, this.whole, learn.count)}
        <div class="reveals">
          <inkling-plot
            .xs=${[-0.15, 2.85]}
            .ys=${[0, 125]}
            .lines=${[{ points: LEVEL, tone: "quiet", isDashed: true, label: words().level, quantity: "level" }]}
            .marks=${marks}
            .xLabel=${words().size}
            .xText=${(exponent: number) => inWhole(10 ** exponent)}
            .yLabel=${words().angle}
            .label=${words().chart}
            .height=${240}
          ></inkling-plot>
        </div>
      </inkling-question>
    `;
  }

  #maps(batch: Batch | undefined, whole: readonly number[], count: number): TemplateResult {
    const bound = boundOf([...whole, ...(batch?.map ?? [])]);
    const title = words().batch(inWhole(SIZES[this.index] ?? 1));
    return html`
      <div class="pair">
        <div>
          <h3>${title}</h3>
          <inkling-map data-quantity="dW" .values=${batch?.map ?? []} .bound=${bound} .label=${title}></inkling-map>
        </div>
        <div>
          <h3>${words().all(inWhole(count))}</h3>
          <inkling-map data-quantity="dW" .values=${whole} .bound=${bound} .label=${words().all(inWhole(count))}></inkling-map>
        </div>
      </div>
      <div class="reveals">
        <p class="note" data-quantity="angle">
          ${this.#said(batch)}
        </p>
      </div>
    `;
  }

  #said(batch: Batch | undefined): string {
    if (batch === undefined) return words().computing;
    return words().between(inDigits(Number(batch.angle.toFixed(1))), inDigits(batch.time, 2));
  }

  #answer(): string {
    if (this.isBusy) return words().computing;
    const mean = (size: number) => {
      const own = this.batches.filter((batch) => batch.size === size).map(({ angle }) => angle);
      return inDigits(own.reduce((sum, angle) => sum + angle, 0) / Math.max(1, own.length), 2);
    };
    return words().answer(mean(1), mean(10), mean(100));
  }

  readonly #onSlide = ({ detail }: CustomEvent<SlideDetail>) => {
    this.index = detail.value;
  };

  readonly #another = () => {
    this.which = (this.which + 1) % BATCHES;
  };
}

/** So many digits, drawn at random, each at most once. */
function randomly(data: Dataset, count: number, uniform: () => number): Dataset {
  const order = Array.from({ length: data.count }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(uniform() * (order.length - i));
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return data.pick(order.slice(0, count));
}

define("inkling-f21-batch", F21Batch);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f21-batch": F21Batch;
  }
}
