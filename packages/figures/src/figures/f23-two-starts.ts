/**
 * Starts. The original's network, 784-10-10, trained as the original trains it: all digits in one batch, η = 1, 100
 * steps. Eight seeds give eight accuracies, because the first weights and the jumps at this rate decide where it is
 * when the steps are over. Two of the networks stand side by side: as good, and with other weights.
 */
import { type ActivationName, dense, evaluate, flatten, type InitializerName, type Network, network } from "inkling";
import { css, html, nothing, type TemplateResult } from "lit";
import { boundOf } from "../colours/palette.ts";
import { define } from "../parts/figure.ts";
import "../parts/map.ts";
import type { PlotLine, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { inDigits, inPercent, inWhole } from "../words/messages.ts";
import { words } from "./f23-two-starts.words.ts";
import { type Halves, LearningFigure } from "./learning.ts";
import { likenessOf } from "./likeness.ts";
import { columnOf } from "./traced.ts";

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const STEPS = 100;
const HIDDEN = 10;
/** The chart's top. */
const TOP = 4;

export type Start = "uniform" | "he" | "tanh";
const STARTS: Readonly<Record<Start, { activation: ActivationName; initializer: InitializerName }>> = {
  uniform: { activation: "relu", initializer: "uniform" },
  he: { activation: "relu", initializer: "he" },
  tanh: { activation: "tanh", initializer: "uniform" },
};

interface Run {
  readonly losses: readonly number[];
  readonly accuracy: number;
  /** The first layer's weights, a list for each neuron: as they began, and trained. */
  readonly starts: readonly (readonly number[])[];
  readonly maps: readonly (readonly number[])[];
}

export class F23TwoStarts extends LearningFigure {
  static override properties = {
    ...LearningFigure.properties,
    start: { type: String },
    runs: { state: true },
    first: { state: true },
    second: { state: true },
  };

  static override styles = [
    LearningFigure.styles,
    css`
      .maps {
        display: grid;
        grid-template-columns: repeat(5, minmax(0, 1fr));
        gap: 6px;
      }
      .ends {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(8.5em, 1fr));
        gap: 0.2em 1em;
        margin: 0.5em 0;
        padding: 0;
        list-style: none;
      }
    `,
  ];

  /** How the networks begin. */
  declare start: Start;
  declare protected runs: readonly Run[];
  /** The two seeds whose weights are shown. */
  declare protected first: number;
  declare protected second: number;

  constructor() {
    super();
    this.start = "uniform";
    this.runs = [];
    [this.first, this.second] = [1, 2];
  }

  protected override async compute({ learn, judge }: Halves, isWanted: () => boolean): Promise<void> {
    this.runs = [];
    const data = learn.take(Math.min(400, learn.count));
    for (const seed of SEEDS) {
      const model = started(this.start, seed);
      const losses: number[] = [];
      const starts = await mapsOf(model);
      const options = { epochs: STEPS, batchSize: "full", learningRate: 1 } as const;
      await this.follow(model, data, options, (loss) => {
        losses.push(loss);
        return isWanted();
      });
      if (!isWanted()) return;
      const { accuracy } = await evaluate(model, judge);
      const run = { losses, accuracy, starts, maps: await mapsOf(model) };
      model.close();
      if (!isWanted()) return;
      this.runs = [...this.runs, run];
    }
  }

  protected override draw({ judge, learn }: Halves): TemplateResult {
    const { runs } = this;
    // Where both end at the same place one name would hide the other: the second one is the dashed one.
    const [a, b] = [this.first, this.second].map((seed) => runs[seed - 1]?.losses.at(-1));
    const areClose = a !== undefined && b !== undefined && Math.abs(a - b) < TOP / 12;
    const lines = runs.map(({ losses }, i): PlotLine => {
      const points = losses.map((loss, step): Point => [step, Math.min(loss, TOP * 1.2)]);
      const [isFirst, isSecond] = [i + 1 === this.first, i + 1 === this.second];
      if (!isFirst && !isSecond) return { points, tone: "quiet", quantity: "others" };
      const own = words().seed(String(i + 1));
      const together = isFirst && areClose && !isSecond ? words().andDashed(own, String(this.second)) : own;
      const label = isFirst || !areClose ? { label: together } : {};
      return { points, tone: "main", isDashed: isSecond && !isFirst, ...label, quantity: "shown" };
    });
    const said = runs.length === SEEDS.length ? this.#spread(learn.count, judge.count) : words().training;
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${said}
        .question=${words().question}
        .choices=${[words().same, words().order, words().other]}
        .right=${2}
        .answer=${words().answer}
      >
        <div class="row" role="group" aria-label=${words().starts}>
          ${(Object.keys(STARTS) as Start[]).map(
            (start) =>
              html`<button aria-pressed=${start === this.start} @click=${() => this.#take(start)}>${words()[start]}</button>`,
          )}
        </div>
        <inkling-plot
          .xs=${[0, STEPS]}
          .ys=${[0, TOP]}
          .lines=${lines}
          .xLabel=${words().step}
          .yLabel=${words().loss}
          .label=${words().chart}
          .height=${260}
        ></inkling-plot>
        <div>
          <ol class="ends" aria-label=${words().ends(String(judge.count))}>
            ${SEEDS.map((seed) => {
              const run = runs[seed - 1];
              return html`<li data-seed=${seed}>
                ${words().seed(String(seed))}:
                ${run === undefined ? "…" : html`<strong>${inPercent(run.accuracy, 1)}</strong>`}
              </li>`;
            })}
          </ol>
          <p class="note">${said}</p>
        </div>
        <div class="reveals">
          <div class="pair">${[this.#network("first", this.first), this.#network("second", this.second)]}</div>
          ${this.#alike()}
        </div>
      </inkling-question>
    `;
  }

  #spread(learn: number, judge: number): string {
    const ends = this.runs.map(({ accuracy }) => accuracy);
    const first = this.runs.map(({ losses }) => losses[0] ?? 0);
    return words().spread(
      inPercent(Math.min(...ends), 1),
      inPercent(Math.max(...ends), 1),
      inDigits(Math.min(...first), 3),
      inDigits(Math.max(...first), 3),
      inWhole(Math.min(400, learn)),
      inWhole(judge),
    );
  }

  #network(which: "first" | "second", seed: number): TemplateResult {
    const run = this.runs[seed - 1];
    const bound = run === undefined ? 1 : boundOf(run.maps.flat());
    return html`<div>
      <inkling-slider
        label=${words().shown}
        min="1"
        max=${SEEDS.length}
        step="1"
        .value=${seed}
        .text=${(value: number) => String(value)}
        @slide=${({ detail }: CustomEvent<SlideDetail>) => {
          this[which] = detail.value;
        }}
      ></inkling-slider>
      <div class="maps" role="img" aria-label=${words().weights(String(seed))}>
        ${
          run === undefined
            ? nothing
            : run.maps.map(
                (map) =>
                  html`<inkling-map plain data-quantity="W" aria-hidden="true" .values=${map} .bound=${bound}></inkling-map>`,
              )
        }
      </div>
    </div>`;
  }

  /** How alike the neurons of the two networks are: as they are, as they began, and what the training has added. */
  #alike(): TemplateResult | typeof nothing {
    const [first, second] = [this.runs[this.first - 1], this.runs[this.second - 1]];
    if (first === undefined || second === undefined) return nothing;
    const { trained, started, learned, kept } = likenessOf(first, second);
    const said = words().alike(...([trained, started, learned, kept].map((cosine) => inDigits(cosine, 2)) as Four));
    return html`<p class="note" data-alike>${said}</p>`;
  }

  #take(start: Start): void {
    this.start = start;
    this.again();
  }
}

/** The original's network with a start and a seed. */
export function started(start: Start, seed: number): Network<"classes"> {
  const { activation, initializer } = STARTS[start];
  return network([28, 28, 1], [flatten(), dense(HIDDEN, { activation, initializer }), dense(10, { initializer })], {
    seed,
  });
}

export async function mapsOf(model: Network): Promise<number[][]> {
  const weights = model.tensors[0]?.value;
  if (weights === undefined) return [];
  const { columns } = weights;
  const values = await model.backend.read(weights);
  return Array.from({ length: columns }, (_, j) => columnOf({ values, columns }, j));
}

type Four = [string, string, string, string];

define("inkling-f23-two-starts", F23TwoStarts);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f23-two-starts": F23TwoStarts;
  }
}
