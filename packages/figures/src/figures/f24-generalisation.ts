/**
 * What is learnt, and what is only remembered: accuracy on the digits that are learnt from and on others, epoch by
 * epoch. And what is never learnt: a pixel without ink in all digits has gradients of exactly 0, so that its weights
 * keep their first noise. 67 pixels are such in all 60,000 training images. A penalty on weights makes them fade.
 */
import { type Dataset, evaluate, type Network } from "inkling";
import { html, nothing, type TemplateResult } from "lit";
import { boundOf } from "../colours/palette.ts";
import { openDigits } from "../data/digits.ts";
import { define } from "../parts/figure.ts";
import "../parts/map.ts";
import type { PlotLine, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import { carried } from "../state/carried.ts";
import { inDigits, inPercent, inWhole } from "../words/messages.ts";
import { ALWAYS_BLACK } from "./always-black.ts";
import { words } from "./f24-generalisation.words.ts";
import { fresh, type Halves, LearningFigure } from "./learning.ts";
import { columnOf } from "./traced.ts";

const FEW = 200;
const MANY = 10_000;
/** Digits in all, over all epochs; and at least so many epochs. */
const [EXAMPLES, LEAST] = [12_000, 10];
const RATE = 0.5;
const DECAY = 0.02;

/** How often so many digits are learnt. */
function epochsOf(count: number): number {
  return Math.max(LEAST, Math.round(EXAMPLES / count));
}

interface Training {
  readonly count: number;
  /** Accuracy after each epoch, from before the first. */
  readonly learnt: readonly Point[];
  readonly others: readonly Point[];
  /** One neuron's weights before, and now. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** The pixels without ink in all digits that were learnt from. */
  readonly dark: readonly number[];
}

export class F24Generalisation extends LearningFigure {
  static override properties = {
    ...LearningFigure.properties,
    count: { state: true },
    decays: { state: true },
    training: { state: true },
    more: { state: true },
  };

  /** How many digits are learnt from. */
  declare protected count: number;
  /** Whether weights are punished (L2). */
  declare protected decays: boolean;
  declare protected training: Training | undefined;
  /** 10,000 training digits, once they were asked for. */
  declare protected more: Dataset | undefined;

  constructor() {
    super();
    this.count = FEW;
    this.decays = false;
  }

  protected override async compute({ learn, judge }: Halves, isWanted: () => boolean): Promise<void> {
    const many = this.count === MANY ? (this.more ?? (await openDigits().train(MANY))) : undefined;
    if (!isWanted()) return;
    this.more ??= many;
    const data = many ?? learn.take(Math.min(this.count, learn.count));
    const model = fresh();
    const dark = darkIn(data);
    const before = await neuronOf(model);
    const [learnt, others]: [Point[], Point[]] = [[], []];
    let epoch = 0;
    const look = async () => {
      const sample = data.take(Math.min(1000, data.count));
      learnt.push([epoch, (await evaluate(model, sample)).accuracy]);
      others.push([epoch, (await evaluate(model, judge)).accuracy]);
      const after = await neuronOf(model);
      if (!isWanted()) return;
      this.training = { count: data.count, learnt: [...learnt], others: [...others], before, after, dark };
    };
    await look();
    const epochs = epochsOf(data.count);
    const weightDecay = this.decays ? DECAY : 0;
    await this.follow(
      model,
      data,
      { epochs, batchSize: 10, learningRate: RATE, weightDecay },
      async (_loss, epochEnded) => {
        if (epochEnded) {
          epoch++;
          await look();
        }
        return isWanted();
      },
    );
    model.close();
  }

  protected override draw({ judge }: Halves): TemplateResult {
    const { training } = this;
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${training === undefined ? "" : gapOf(training, judge.count)}
        .question=${words().question(inWhole(FEW))}
        .choices=${[words().all, words().most, words().half]}
        .right=${1}
        .answer=${words().answer(inWhole(FEW))}
      >
        <div class="row" role="group" aria-label=${words().from}>
          <span class="quiet">${words().from}</span>
          ${[FEW, 800, MANY].map(
            (count) =>
              html`<button aria-pressed=${count === this.count} @click=${() => this.#take(count)}>
                ${count === MANY && this.more === undefined ? words().fetched(inWhole(count)) : inWhole(count)}
              </button>`,
          )}
          <button aria-pressed=${this.decays} @click=${this.#toggle}>${words().decay}</button>
        </div>
        ${training === undefined ? nothing : this.#shown(training, judge.count)}
      </inkling-question>
    `;
  }

  #shown(training: Training, judged: number): TemplateResult {
    const { count, learnt, others, before, after, dark } = training;
    const epochs = epochsOf(count);
    const lines: PlotLine[] = [
      { points: learnt, tone: "quiet", isDashed: true, label: words().learnt, quantity: "learnt" },
      { points: others, tone: "main", label: words().others, quantity: "others" },
    ];
    const changes = after.map((weight, k) => weight - (before[k] ?? 0));
    const still = dark.filter((k) => changes[k] === 0).length;
    const bound = boundOf([...before, ...after]);
    const size = dark.reduce((sum, k) => sum + Math.abs(after[k] ?? 0), 0) / Math.max(1, dark.length);
    const first = dark.reduce((sum, k) => sum + Math.abs(before[k] ?? 0), 0) / Math.max(1, dark.length);
    return html`
      <div class="reveals">
        <inkling-plot
          .xs=${[0, epochs]}
          .ys=${[0, 1.05]}
          .lines=${lines}
          .xLabel=${words().epoch}
          .yLabel=${words().accuracy}
          .label=${words().chart(inWhole(count))}
          .height=${250}
        ></inkling-plot>
        <p class="note" data-gap>
          ${gapOf(training, judged)}
        </p>
      </div>
      <h3>${words().neverTitle}</h3>
      <div class="pair">
        <div>
          <inkling-map plain data-quantity="dark"
            scale="amount" bound="1" .values=${darkness(dark)} .label=${words().dark(inWhole(count))}></inkling-map>
          <p class="note">${words().dark(inWhole(dark.length))}</p>
        </div>
        <div>
          <inkling-map data-quantity="W" .values=${after} .bound=${bound} .label=${words().weights}></inkling-map>
          <p class="note">${words().weights}</p>
        </div>
        <div>
          <inkling-map data-quantity="changes" .values=${changes} .bound=${bound} .label=${words().changes}></inkling-map>
          <p class="note">${words().changes}</p>
        </div>
      </div>
      <p data-still=${still} data-dark=${dark.length}>
        ${this.decays ? words().fade(inDigits(first, 2), inDigits(size, 2)) : words().still(inWhole(still), inWhole(dark.length))}
      </p>
    `;
  }

  #take(count: number): void {
    this.count = count;
    this.again();
  }

  readonly #toggle = () => {
    this.decays = !this.decays;
    this.again();
  };
}

function gapOf({ learnt, others }: Training, judged: number): string {
  const last = (points: readonly Point[]) => inPercent(points.at(-1)?.[1] ?? 0, 1);
  return words().gap(last(learnt), last(others), inWhole(judged));
}

async function neuronOf(model: Network): Promise<number[]> {
  const weights = model.tensors[0]?.value;
  if (weights === undefined) return [];
  return columnOf({ values: await model.backend.read(weights), columns: weights.columns }, carried().neuron);
}

/** The pixels that are 0 in all of these digits. */
function darkIn(data: Dataset): number[] {
  const isInked = new Uint8Array(784);
  const { inputs } = data;
  for (let i = 0; i < inputs.length; i++) if (inputs[i] !== 0) isInked[i % 784] = 1;
  return Array.from(isInked.keys()).filter((k) => isInked[k] === 0);
}

/** As a picture: 1 where all 60,000 training digits are without ink, a third where only these are. */
function darkness(dark: readonly number[]): number[] {
  const values = new Array<number>(784).fill(0);
  for (const k of dark) values[k] = 1 / 3;
  for (const k of ALWAYS_BLACK) if (values[k] !== 0) values[k] = 1;
  return values;
}

define("inkling-f24-generalisation", F24Generalisation);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f24-generalisation": F24Generalisation;
  }
}
