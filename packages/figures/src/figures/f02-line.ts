/**
 * A neuron with two inputs, so that all pictures fit on a plane: z = w₁·x₁ + w₂·x₂ + b is 0 on a line, above 0 on one
 * side of it and below on the other. The reader drags weights and bias, and a picture of two pixels.
 *
 * z is computed by the library's affine operation (one-neuron.ts).
 */
import { html, type TemplateResult } from "lit";
import { define, Figure } from "../parts/figure.ts";
import type { MoveDetail, PlotArea, PlotHandle, PlotLine, PlotMark, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { inDigits, signed } from "../words/messages.ts";
import { words } from "./f02-line.words.ts";
import { neuronOutput } from "./one-neuron.ts";
import { figureStyle } from "./style.ts";

const RANGE = [-0.5, 1.5] as const;
const CORNERS: readonly Point[] = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
];
const FRAME: readonly Point[] = [
  [RANGE[0], RANGE[0]],
  [RANGE[1], RANGE[0]],
  [RANGE[1], RANGE[1]],
  [RANGE[0], RANGE[1]],
];
/** How long the arrow of a weight of 1 is. */
const ARROW = 0.2;

export class F02Line extends Figure {
  static override properties = {
    w1: { type: Number },
    w2: { type: Number },
    b: { type: Number },
    x: { state: true },
  };

  static override styles = [Figure.styles, figureStyle];

  declare w1: number;
  declare w2: number;
  declare b: number;
  /** One picture of two pixels. */
  declare protected x: Point;

  constructor() {
    super();
    this.w1 = 2;
    this.w2 = 1;
    this.b = -1;
    this.x = [0.8, 0.2];
  }

  protected override render(): TemplateResult {
    const { z, a } = this.#at(this.x);
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${`${words().at(inDigits(this.x[0], 2), inDigits(this.x[1], 2), signed(z))}. ${this.#verdict()}`}
        .question=${words().question}
        .choices=${[words().w1, words().w2, words().b]}
        .right=${2}
        .answer=${words().answer}
      >
        <div class="side">
          <inkling-plot
            .label=${words().chart}
            .xs=${RANGE}
            .ys=${RANGE}
            .areas=${this.#areas()}
            .lines=${this.#lines()}
            .marks=${this.#marks()}
            .handles=${this.#handles(z)}
            .xLabel=${words().x1}
            .yLabel=${words().x2}
            .height=${390}
            @move=${this.#onMove}
          ></inkling-plot>
          <div>
            ${this.#slider(words().w1, this.w1, (value) => {
              this.w1 = value;
            })}
            ${this.#slider(words().w2, this.w2, (value) => {
              this.w2 = value;
            })}
            ${this.#slider(words().b, this.b, (value) => {
              this.b = value;
            })}
            <dl class="numbers">
              <dt>${words().sum}</dt>
              <dd class="main ${z < 0 ? "negative" : "positive"}">${signed(z)}</dd>
              <dt>${words().a}</dt>
              <dd>${inDigits(a)}</dd>
            </dl>
            <p class="note">${words().note}</p>
            <p><strong>${this.#verdict()}</strong></p>
          </div>
        </div>
      </inkling-question>
    `;
  }

  #at(x: Point) {
    return neuronOutput(x, [this.w1, this.w2], this.b, "sigmoid");
  }

  #slider(label: string, value: number, set: (value: number) => void): TemplateResult {
    return html`<inkling-slider
      .label=${label}
      .min=${-5}
      .max=${5}
      .step=${0.1}
      .value=${value}
      @slide=${({ detail }: CustomEvent<SlideDetail>) => set(detail.value)}
    ></inkling-slider>`;
  }

  #verdict(): string {
    const blue = CORNERS.map((corner) => this.#at(corner).z > 0);
    if (blue.join() === "false,false,false,true") return words().done;
    return blue.join() === "false,true,true,true" ? words().either : words().task;
  }

  /** Both sides of the line, as areas of the frame. */
  #areas(): PlotArea[] {
    return [
      { corners: this.#side(1), tone: "positive", quantity: "sides" },
      { corners: this.#side(-1), tone: "negative", quantity: "sides" },
    ];
  }

  /** The corners of the part of the frame where z has this sign. */
  #side(sign: number): Point[] {
    const heights = FRAME.map((corner) => sign * this.#at(corner).z);
    return FRAME.flatMap((corner, i): Point[] => {
      const next = (i + 1) % FRAME.length;
      const [here, there] = [heights[i] ?? 0, heights[next] ?? 0];
      const kept: Point[] = here > 0 ? [corner] : [];
      if (here > 0 === there > 0) return kept;
      const share = here / (here - there);
      const [[x, y], [nextX, nextY]] = [corner, FRAME[next] ?? corner];
      return [...kept, [x + (nextX - x) * share, y + (nextY - y) * share]];
    });
  }

  #lines(): PlotLine[] {
    const isOnLine = (corner: Point) => !FRAME.includes(corner);
    const ends = this.#side(1).filter(isOnLine);
    const arrow: PlotLine = { points: [[0.5, 0.5], this.#tip()], tone: "quiet", quantity: "arrow" };
    return ends.length < 2 ? [arrow] : [{ points: ends, label: words().line, quantity: "line" }, arrow];
  }

  #tip(): Point {
    return [0.5 + ARROW * this.w1, 0.5 + ARROW * this.w2];
  }

  #marks(): PlotMark[] {
    return CORNERS.map((corner): PlotMark => {
      const { z } = this.#at(corner);
      return {
        x: corner[0],
        y: corner[1],
        tone: z > 0 ? "positive" : "negative",
        radius: 7,
        label: signed(z, 2),
        quantity: "corners",
      };
    });
  }

  #handles(z: number): PlotHandle[] {
    const [x1, x2] = this.x;
    const [tipX, tipY] = this.#tip();
    const text = words().at(inDigits(x1, 2), inDigits(x2, 2), signed(z));
    const direction = words().direction(signed(this.w1), signed(this.w2));
    return [
      { x: x1, y: x2, name: words().point, text, along: "both", step: 0.05, quantity: "picture" },
      {
        x: tipX,
        y: tipY,
        name: words().tip,
        text: direction,
        along: "both",
        step: ARROW / 10,
        tone: "quiet",
        quantity: "tip",
      },
    ];
  }

  readonly #onMove = ({ detail }: CustomEvent<MoveDetail>) => {
    if (detail.handle === 0) {
      this.x = [detail.x, detail.y];
      return;
    }
    const weight = (place: number) => Math.max(-5, Math.min(5, Math.round(((place - 0.5) / ARROW) * 10) / 10));
    this.w1 = weight(detail.x);
    this.w2 = weight(detail.y);
  };
}

define("inkling-f02-line", F02Line);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f02-line": F02Line;
  }
}
