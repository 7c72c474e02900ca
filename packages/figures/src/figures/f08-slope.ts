/**
 * The loss of one digit as a function of one weight of the real network, and its slope: rise over run with a shrinking
 * h beside what backpropagation gives. The reader drags the weight and the second point.
 */
import { html, type TemplateResult } from "lit";
import { type Range, rangeOf } from "../parts/axes.ts";
import { define } from "../parts/figure.ts";
import type { MoveDetail, PlotHandle, PlotLine, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import { carried } from "../state/carried.ts";
import { inDigits, powerText, signed } from "../words/messages.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { digitControl, neuronControl } from "./controls.ts";
import { words } from "./f08-slope.words.ts";
import { OneExample, type Place } from "./one-example.ts";
import { words as shared } from "./words.ts";

/** How far the curve goes to both sides of the trained value. */
const REACH = 6;
const POINTS = 120;

/** A digit, with the weight whose curve is drawn. */
interface Curve {
  readonly example: OneExample;
  readonly place: Place;
  readonly own: number;
  readonly points: readonly Point[];
  readonly ys: Range;
}

export class F08Slope extends BookFigure {
  static override properties = { ...BookFigure.properties, w: { state: true }, h: { state: true } };

  /** The weight now; undefined for its trained value. */
  declare protected w: number | undefined;
  declare protected h: number;
  #example: { readonly of: Shown; readonly example: OneExample } | undefined;
  #curve: { readonly key: string; readonly curve: Curve } | undefined;

  constructor() {
    super();
    this.h = 1;
  }

  protected override async prepare(shown: Shown): Promise<void> {
    this.#example = { of: shown, example: await OneExample.of(shown.model, shown.pixels, shown.label) };
    this.w = undefined;
  }

  protected override draw(shown: Shown): TemplateResult {
    const curve = this.#drawn(shown);
    const { example, place, own } = curve;
    const w = this.w ?? own;
    const [loss, near] = [example.lossWith([place, w]), example.lossWith([place, w + this.h])];
    const before = example.value(place);
    example.set(place, w);
    const exact = example.gradient()(place);
    example.set(place, before);
    const ratio = (near - loss) / this.h;
    const { neuron, weight } = carried();
    const pixel = shared().pixel(Math.floor(weight / 28), weight % 28);
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question}
        .choices=${[words().guess, words().measure, words().never]}
        .right=${1}
        .answer=${answer(curve)}
      >
        <div class="bar-top">${digitControl(shown)}${neuronControl()}</div>
        <div class="side">
          <div>
            <inkling-plot
              .label=${words().chart}
              .xs=${[own - REACH, own + REACH]}
              .ys=${curve.ys}
              .lines=${lines(curve, w, loss, near, this.h, exact)}
              .handles=${this.#handles(w, loss, near, ratio)}
              .xLabel=${words().axis(pixel, neuron)}
              .yLabel=${words().curve}
              .height=${320}
              @move=${this.#onMove}
            ></inkling-plot>
            <div class="buttons">
              <button @click=${() => this.#setRun(this.h / 10)}>${words().shrink}</button>
              <button @click=${() => this.#setRun(this.h * 10)}>${words().grow}</button>
              <button
                @click=${() => {
                  this.w = undefined;
                }}
              >
                ${words().own}
              </button>
            </div>
          </div>
          <div>
            <dl class="numbers">
              <dt>${words().value}</dt>
              <dd>${signed(w, 4)}</dd>
              <dt>${words().loss}</dt>
              <dd>${inDigits(loss, 4)}</dd>
              <dt>${words().run}</dt>
              <dd>${inDigits(this.h, 2)}</dd>
              <dt>${words().rise}</dt>
              <dd>${signed(near - loss, 4)}</dd>
              <dt>${words().ratio}</dt>
              <dd class="main ratio">${signed(ratio, 6)}</dd>
              <dt>${words().exact}</dt>
              <dd class="main exact">${signed(exact, 6)}</dd>
              <dt>${words().off}</dt>
              <dd>${inDigits(Math.abs(ratio - exact), 2)}</dd>
            </dl>
            <p class="note">${words().digits}</p>
          </div>
        </div>
      </inkling-question>
    `;
  }

  /** The curve of the weight that is carried, computed once: 121 forward passes. */
  #drawn(shown: Shown): Curve {
    const { neuron, weight } = carried();
    const key = `${shown.digit} ${neuron} ${weight}`;
    if (this.#curve?.key === key) return this.#curve.curve;
    const example = this.#example?.example as OneExample;
    const place = example.weight(weight, neuron);
    const own = example.value(place);
    const points = Array.from({ length: POINTS + 1 }, (_, i): Point => {
      const w = own + REACH * ((2 * i) / POINTS - 1);
      return [w, example.lossWith([place, w])];
    });
    const curve = {
      example,
      place,
      own,
      points,
      ys: rangeOf(
        points.map(([, y]) => y),
        0.12,
      ),
    };
    this.#curve = { key, curve };
    this.w = undefined;
    return curve;
  }

  #handles(w: number, loss: number, near: number, ratio: number): PlotHandle[] {
    const text = words().at(signed(w, 4), inDigits(loss, 4));
    const nearText = words().nearAt(inDigits(this.h, 2), signed(ratio, 4));
    return [
      {
        x: w + this.h,
        y: near,
        name: words().near,
        text: nearText,
        along: "x",
        step: 0.05,
        tone: "quiet",
        quantity: "near",
      },
      { x: w, y: loss, name: words().weight, text, along: "x", step: 0.1 },
    ];
  }

  readonly #onMove = ({ detail }: CustomEvent<MoveDetail>) => {
    const w = this.w ?? this.#curve?.curve.own ?? 0;
    if (detail.handle === 1) this.w = detail.x;
    else if (Math.abs(detail.x - w) > 1e-9) this.h = detail.x - w;
  };

  #setRun(h: number): void {
    this.h = Math.max(1e-14, Math.min(4, Math.abs(h))) * Math.sign(h);
  }
}

/** The curve, the straight line through both points, and the tangent. */
function lines(curve: Curve, w: number, loss: number, near: number, h: number, exact: number): PlotLine[] {
  const through = (slope: number): Point[] => [-REACH, REACH].map((by): Point => [w + by, loss + by * slope]);
  return [
    { points: through((near - loss) / h), tone: "quiet", isDashed: true, quantity: "secant" },
    { points: through(exact), tone: "focus", quantity: "tangent" },
    { points: curve.points, quantity: "curve" },
  ];
}

function answer({ example, place, own }: Curve): string {
  const h = 1e-6;
  const measured = (example.lossWith([place, own + h]) - example.lossWith([place, own])) / h;
  return words().answer(powerText(Math.log10(h)), signed(measured, 4), signed(example.gradient()(place), 4));
}

define("inkling-f08-slope", F08Slope);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f08-slope": F08Slope;
  }
}
