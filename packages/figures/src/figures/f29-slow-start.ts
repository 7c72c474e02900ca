/**
 * The slow start (chapter 3, "The cross-entropy cost function"): one neuron with the input 1 that is to put out 0. With
 * the quadratic cost its δ has the factor σ′(z), with cross-entropy it has not. The reader drags where it begins.
 */
import { css, html, type TemplateResult } from "lit";
import { define, Figure } from "../parts/figure.ts";
import type { MoveDetail, PlotLine, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { inRange, keepInAddress } from "../state/kept.ts";
import { inDigits, inWhole } from "../words/messages.ts";
import { words } from "./f29-slow-start.words.ts";
import { activated, logit, outputsOf } from "./one-neuron.ts";
import { sourceLine } from "./source-line.ts";
import { figureStyle } from "./style.ts";

const EPOCHS = 300;
/** Where the output may begin. */
const STARTS = [0.5, 0.995] as const;

export class F29SlowStart extends Figure {
  static override properties = { start: { type: Number }, rate: { type: Number } };

  static override styles = [
    Figure.styles,
    figureStyle,
    css`
      .source {
        margin: 0.8em 0 0;
        color: var(--quiet);
        font-size: 0.85em;
        overflow-wrap: anywhere;
      }
      .source a {
        color: inherit;
      }
    `,
  ];

  /** What the neuron puts out at the start. */
  declare start: number;
  /** log₁₀ η */
  declare rate: number;

  constructor() {
    super();
    // As in the chapter, where z = 4.
    [this.start, this.rate] = [1 / (1 + Math.exp(-4)), Math.log10(0.15)];
    keepInAddress(this, "f29", {
      start: { ...inRange(...STARTS), label: () => words().start },
      rate: { ...inRange(-2.5, 0), label: () => words().rateExponent },
    });
  }

  protected override render(): TemplateResult {
    const { start } = this;
    const eta = 10 ** this.rate;
    const quadratic = outputsOf("quadratic", start, eta, EPOCHS);
    const crossEntropy = outputsOf("crossEntropy", start, eta, EPOCHS);
    const slope = activated("sigmoid", [logit(start)]).slope[0] ?? Number.NaN;
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question}
        .choices=${[words().first, words().equal, words().late]}
        .right=${2}
        .answer=${words().answer}
      >
        <inkling-slider
          label=${words().rate}
          min="-2.5"
          max="0"
          step="0.05"
          .value=${this.rate}
          .text=${(exponent: number) => inDigits(10 ** exponent, 2)}
          @slide=${({ detail }: CustomEvent<SlideDetail>) => {
            this.rate = detail.value;
          }}
        ></inkling-slider>
        <div class="reveals">
          ${this.#chart(quadratic, crossEntropy)}
          <dl class="numbers">
            <dt>${words().slope}</dt>
            <dd data-shown="slope">${inDigits(slope, 2)}</dd>
            <dt>${words().firstQuadratic}</dt>
            <dd data-shown="quadratic">${inDigits(start * slope, 2)}</dd>
            <dt>${words().firstCrossEntropy}</dt>
            <dd data-shown="crossEntropy">${inDigits(start, 2)}</dd>
            <dt>${words().below(words().quadratic)}</dt>
            <dd class="main" data-shown="late">${halfway(quadratic)}</dd>
            <dt>${words().below(words().crossEntropy)}</dt>
            <dd class="main" data-shown="soon">${halfway(crossEntropy)}</dd>
          </dl>
          ${sourceLine("delta")}${sourceLine("sigmoidCrossEntropy")}
        </div>
      </inkling-question>
    `;
  }

  #chart(quadratic: readonly number[], crossEntropy: readonly number[]): TemplateResult {
    const points = (outputs: readonly number[]) => outputs.map((a, epoch): Point => [epoch, a]);
    const lines: PlotLine[] = [
      {
        points: points(crossEntropy),
        tone: "amount",
        isDashed: true,
        label: words().crossEntropy,
        quantity: "crossEntropy",
      },
      { points: points(quadratic), tone: "main", label: words().quadratic, quantity: "quadratic" },
    ];
    const y = this.start;
    return html`<inkling-plot
      .xs=${[0, EPOCHS]}
      .ys=${[0, 1]}
      .lines=${lines}
      .handles=${[{ x: 0, y, name: words().start, text: inDigits(y), along: "y", step: 0.005 } as const]}
      .xLabel=${words().epoch}
      .yLabel=${words().output}
      .label=${words().chart}
      .height=${280}
      @move=${({ detail }: CustomEvent<MoveDetail>) => {
        this.start = Math.max(STARTS[0], Math.min(STARTS[1], detail.y));
      }}
    ></inkling-plot>`;
  }
}

function halfway(outputs: readonly number[]): string {
  const epoch = outputs.findIndex((a) => a < 0.5);
  return epoch === -1 ? words().never(inWhole(EPOCHS)) : words().after(inWhole(epoch));
}

define("inkling-f29-slow-start", F29SlowStart);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f29-slow-start": F29SlowStart;
  }
}
