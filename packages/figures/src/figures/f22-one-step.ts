/**
 * What one step brings: −η·|g|², as the slope predicts, beside what is measured, over the learning rate. For a small η
 * both agree; where they part, the linear view ends.
 */
import { html, nothing, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import type { MoveDetail, PlotLine, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import { inDigits, signed } from "../words/messages.ts";
import { words } from "./f22-one-step.words.ts";
import { fresh, type Halves, LearningFigure } from "./learning.ts";
import { squareOf, stepOf } from "./one-step.ts";

/** log₁₀ η */
const XS = [-3, 1.5] as const;
const BY = 0.25;
const EXPONENTS = Array.from({ length: (XS[1] - XS[0]) / BY + 1 }, (_, i) => XS[0] + BY * i);
/** Digits in the batch. */
const COUNT = 400;

export class F22OneStep extends LearningFigure {
  static override properties = {
    ...LearningFigure.properties,
    exponent: { type: Number },
    square: { state: true },
    measured: { state: true },
  };

  /** log₁₀ η, where the reader looks. */
  declare exponent: number;
  /** |g|² at the start. */
  declare protected square: number | undefined;
  /** ΔC by log₁₀ η. */
  declare protected measured: readonly Point[];

  constructor() {
    super();
    this.exponent = -1;
    this.measured = [];
  }

  protected override async compute({ learn }: Halves, isWanted: () => boolean): Promise<void> {
    const batch = learn.take(Math.min(COUNT, learn.count));
    const model = fresh();
    this.square = squareOf((await stepOf(model, batch)).moved);
    const measured: Point[] = [];
    for (const exponent of EXPONENTS) {
      const { before, after } = await stepOf(model, batch, 10 ** exponent);
      measured.push([exponent, after - before]);
      await this.turn();
      if (!isWanted()) return;
      this.measured = [...measured];
    }
    model.close();
  }

  protected override draw(): TemplateResult {
    const { square, measured, exponent } = this;
    const own = measured.find(([x]) => x === exponent)?.[1];
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question}
        .choices=${[words().always, words().short, words().never]}
        .right=${1}
        .answer=${words().answer}
      >
        ${square === undefined ? html`<slot></slot>` : this.#shown(square, measured, own)}
      </inkling-question>
    `;
  }

  #shown(square: number, measured: readonly Point[], own: number | undefined): TemplateResult {
    const { exponent } = this;
    const eta = 10 ** exponent;
    const predicted: Point[] = Array.from({ length: 91 }, (_, i): Point => {
      const x = XS[0] + ((XS[1] - XS[0]) * i) / 90;
      return [x, Math.max(-3, -(10 ** x) * square)];
    });
    const lines: PlotLine[] = [
      { points: predicted, tone: "quiet", isDashed: true, quantity: "predicted" },
      {
        points: measured.map(([x, y]): Point => [x, Math.min(3, y)]),
        tone: "main",
        label: words().measured,
        quantity: "measured",
      },
    ];
    return html`
      <div class="side reveals">
        <inkling-plot
          .xs=${XS}
          .ys=${[-2, 2]}
          .lines=${lines}
          .marks=${[{ x: exponent, y: Math.max(-2, -eta * square), tone: "quiet", label: words().predicted, quantity: "predicted" }]}
          .handles=${own === undefined ? [] : [this.#handle(Math.min(2, own), own)]}
          .xLabel=${words().rate}
          .xText=${(exponent: number) => inDigits(10 ** exponent)}
          .yLabel=${words().change}
          .label=${words().chart}
          .height=${280}
          @move=${this.#onMove}
        ></inkling-plot>
        <dl class="numbers">
          <dt>η</dt>
          <dd>${inDigits(eta)}</dd>
          <dt>|g|²</dt>
          <dd data-quantity="square">${inDigits(square, 4)}</dd>
          <dt>${words().predictedLong}</dt>
          <dd class="main" data-quantity="predicted">${signed(-eta * square)}</dd>
          <dt>${words().measuredLong}</dt>
          <dd class="main" data-quantity="measured">${own === undefined ? nothing : signed(own)}</dd>
        </dl>
      </div>
    `;
  }

  #handle(y: number, own: number) {
    const text = words().at(inDigits(10 ** this.exponent), signed(own));
    return { x: this.exponent, y, name: words().rate, text, along: "x", step: BY } as const;
  }

  readonly #onMove = ({ detail }: CustomEvent<MoveDetail>) => {
    this.exponent = detail.x;
  };
}

define("inkling-f22-one-step", F22OneStep);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f22-one-step": F22OneStep;
  }
}
