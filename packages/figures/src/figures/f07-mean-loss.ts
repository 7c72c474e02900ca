/**
 * Loss and accuracy side by side: the first 100 test digits, sorted by their loss. The reader steps through them, and
 * multiplies all scores by one number, which changes the loss and no answer.
 *
 * Scores are those of the network in float64, losses the library's cross-entropy of them.
 */
import type { Dataset, Network } from "inkling";
import { type CpuMatrix, copyOf, Reference } from "inkling/proofs";
import { css, html, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import "../parts/map.ts";
import type { MoveDetail, PlotMark } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { carried, carry } from "../state/carried.ts";
import { inDigits, inPercent, inWhole } from "../words/messages.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { words } from "./f07-mean-loss.words.ts";
import { crossEntropyOf } from "./one-neuron.ts";

const COUNT = 100;

/** One digit's answer: its scores, and what they cost. */
interface Answer {
  readonly digit: number;
  readonly label: number;
  readonly scores: readonly number[];
}

interface Cost extends Answer {
  readonly loss: number;
  readonly read: number;
}

export class F07MeanLoss extends BookFigure {
  static override properties = { ...BookFigure.properties, scale: { state: true } };

  static override styles = [
    BookFigure.styles,
    css`
      .one {
        display: grid;
        grid-template-columns: 6.5em 1fr;
        gap: 1em;
        align-items: center;
        margin-top: 0.75em;
      }
    `,
  ];

  /** What all scores are multiplied with. */
  declare protected scale: number;
  #answers: readonly Answer[] = [];
  #of: Network | undefined;

  constructor() {
    super();
    this.scale = 1;
  }

  protected override async prepare({ model, test }: Shown): Promise<void> {
    if (this.#of === model) return;
    this.#answers = await answersOf(model, test);
    this.#of = model;
  }

  protected override draw(shown: Shown): TemplateResult {
    const costs = sorted(this.#answers, this.scale);
    const found = costs.findIndex(({ digit }) => digit === carried().digit);
    const place = found === -1 ? costs.length - 1 : found;
    const one = costs[place];
    const [plain, double] = [sorted(this.#answers, 1), sorted(this.#answers, 2)];
    const top = Math.max(1, costs.at(-1)?.loss ?? 1) * 1.08;
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question}
        .choices=${[words().both, words().loss, words().none]}
        .right=${1}
        .answer=${words().answer(inPercent(accuracyOf(plain), 0), inDigits(meanOf(plain)), inDigits(meanOf(double)))}
      >
        <div class="side">
          <div>
            <inkling-plot
              .label=${words().chart}
              .xs=${[0, costs.length + 1]}
              .ys=${[0, top]}
              .marks=${marks(costs)}
              .handles=${one === undefined ? [] : [handle(one, place)]}
              .xLabel=${words().axis}
              .yLabel=${words().loss1}
              .height=${300}
              @move=${({ detail }: CustomEvent<MoveDetail>) => {
                const next = costs[Math.round(detail.x) - 1];
                if (next !== undefined) carry({ digit: next.digit });
              }}
            ></inkling-plot>
            <inkling-slider
              .label=${words().scale}
              .min=${0.1}
              .max=${3}
              .step=${0.1}
              .value=${this.scale}
              .text=${(value: number) => inDigits(value)}
              @slide=${({ detail }: CustomEvent<SlideDetail>) => {
                this.scale = detail.value;
              }}
            ></inkling-slider>
          </div>
          <div>
            <dl class="numbers">
              <dt>${words().mean}</dt>
              <dd class="main mean">${inDigits(meanOf(costs))}</dd>
              <dt>${words().accuracy}</dt>
              <dd class="main accuracy">${inPercent(accuracyOf(costs), 0)}</dd>
              <dt>${words().median}</dt>
              <dd>${inDigits(costs[Math.floor(costs.length / 2)]?.loss ?? 0)}</dd>
              <dt>${words().share}</dt>
              <dd>${inPercent(meanOf(costs.slice(-10)) / meanOf(costs) / 10, 0)}</dd>
            </dl>
            ${one === undefined ? "" : this.#one(shown, one)}
          </div>
        </div>
      </inkling-question>
    `;
  }

  #one({ test }: Shown, { digit, label, loss, read }: Cost): TemplateResult {
    return html`<div class="one">
      <inkling-map plain data-quantity="digit" scale="ink" .bound=${255} .values=${test.example(digit)} .label=${words().picture(label)}></inkling-map>
      <div>
        <strong>${words().one(inWhole(digit), label)}</strong>
        <div class="quiet">${words().read(read, inPercent(Math.exp(-loss), 1), inDigits(loss))}</div>
      </div>
    </div>`;
  }
}

/** The scores of the first digits, by one forward pass in float64. */
async function answersOf(model: Network, test: Dataset): Promise<Answer[]> {
  const copy = await copyOf(model, new Reference("float64"));
  const count = Math.min(COUNT, test.count);
  const bytes = Uint8Array.from({ length: count * copy.inputs }, (_, e) => test.inputs[e] ?? 0);
  const { data, columns } = copy.forward(copy.backend.pixels(bytes, copy.inputs)) as CpuMatrix;
  return Array.from({ length: count }, (_, digit) => ({
    digit,
    label: test.labels?.[digit] ?? 0,
    scores: Array.from(data.subarray(digit * columns, (digit + 1) * columns)),
  }));
}

/** What each digit costs with its scores times `scale`, the cheapest first. */
function sorted(answers: readonly Answer[], scale: number): Cost[] {
  const cost = (answer: Answer): Cost => {
    const scores = answer.scores.map((score) => score * scale);
    const { loss } = crossEntropyOf(scores, answer.label);
    return { ...answer, loss, read: scores.indexOf(Math.max(...scores)) };
  };
  return answers.map(cost).toSorted((a, b) => a.loss - b.loss);
}

function meanOf(costs: readonly Cost[]): number {
  return costs.reduce((sum, { loss }) => sum + loss, 0) / Math.max(1, costs.length);
}

function accuracyOf(costs: readonly Cost[]): number {
  return costs.filter(({ label, read }) => label === read).length / Math.max(1, costs.length);
}

/** A digit that is read wrong is larger, and orange. */
function marks(costs: readonly Cost[]): PlotMark[] {
  return costs.map(({ loss, label, read }, i): PlotMark => {
    const isRight = label === read;
    return {
      x: i + 1,
      y: loss,
      tone: isRight ? "positive" : "negative",
      radius: isRight ? 3 : 6,
      quantity: isRight ? "right" : "wrong",
    };
  });
}

function handle({ loss, label }: Cost, place: number) {
  const text = words().at(place + 1, label, inDigits(loss));
  return { x: place + 1, y: loss, name: words().handle, text, along: "x", step: 1 } as const;
}

define("inkling-f07-mean-loss", F07MeanLoss);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f07-mean-loss": F07MeanLoss;
  }
}
