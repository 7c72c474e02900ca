/**
 * The loss of one digit as a landscape, in slices: C over two weights, or over two random directions through all 23,860
 * numbers. The reader drags a point; the arrow is the steepest way down in the slice, and a step goes along it.
 */
import { Stream } from "inkling/numbers";
import { css, html, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import type { MoveDetail, PlotHandle, PlotLine, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import { carried } from "../state/carried.ts";
import { inDigits, inPercent, signed } from "../words/messages.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { digitControl, neuronControl } from "./controls.ts";
import { words } from "./f09-slices.words.ts";
import { Landscape, pictureOf } from "./landscape.ts";
import { OneExample } from "./one-example.ts";
import { words as shared } from "./words.ts";

type Kind = "weights" | "random";

/** How far a slice goes to each side: of two weights, and along random directions of length 1. */
const REACH: Readonly<Record<Kind, number>> = { weights: 8, random: 25 };

export class F09Slices extends BookFigure {
  static override properties = {
    ...BookFigure.properties,
    kind: { state: true },
    at: { state: true },
    path: { state: true },
    losses: { state: true },
  };

  static override styles = [
    BookFigure.styles,
    css`
      dd {
        white-space: nowrap;
      }
    `,
  ];

  declare protected kind: Kind;
  declare protected at: Point;
  /** Where the steps went. */
  declare protected path: readonly Point[];
  /** The landscape's losses, when they are computed. */
  declare protected losses: Float64Array | undefined;
  /** Them as a picture, for a theme. */
  #picture: { readonly losses: Float64Array; readonly theme: string; readonly address: string } | undefined;
  #landscape: Landscape | undefined;
  #key = "";
  #drawn = 1;
  #example: OneExample | undefined;

  constructor() {
    super();
    this.kind = "weights";
    this.#home();
  }

  protected override async prepare({ model, pixels, label }: Shown): Promise<void> {
    this.#example = await OneExample.of(model, pixels, label);
    this.#key = "";
  }

  protected override draw(shown: Shown): TemplateResult {
    const landscape = this.#sliced(shown);
    const { loss, slope, length } = landscape.at(this.at);
    const reach = REACH[this.kind];
    const inSlice = Math.hypot(...slope);
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question}
        .choices=${[words().bowl, words().two, words().slice]}
        .right=${2}
        .answer=${words().answer}
      >
        <div class="bar-top">${digitControl(shown)}${neuronControl()}</div>
        <div class="buttons">${this.#kinds()}</div>
        <div class="side">
          <inkling-plot
            .label=${words().chart}
            .xs=${[-reach, reach]}
            .ys=${[-reach, reach]}
            .ground=${this.#ground()}
            .lines=${this.#lines(slope, reach)}
            .handles=${this.#handle(loss, reach)}
            .xLabel=${this.kind === "random" ? words().first : words().across}
            .yLabel=${words().title}
            .height=${400}
            @move=${({ detail }: CustomEvent<MoveDetail>) => {
              this.at = [detail.x, detail.y];
              this.path = [this.at];
            }}
          ></inkling-plot>
          <div>
            <dl class="numbers">
              <dt>${words().loss}</dt>
              <dd class="main loss">${inDigits(loss, 4)}</dd>
              <dt>${words().slopes}</dt>
              <dd>${signed(slope[0])}, ${signed(slope[1])}</dd>
              <dt>${words().whole}</dt>
              <dd>${inDigits(length)}</dd>
              <dt>${words().seen}</dt>
              <dd>${inPercent(length === 0 ? 0 : inSlice / length, 1)}</dd>
            </dl>
            <p class="note">→ ${this.#axis(0)}<br />↑ ${this.#axis(1)}</p>
            <div class="buttons">
              <button class="main" @click=${() => this.#step(slope, reach)}>${words().step}</button>
              <button @click=${this.#home}>${words().home}</button>
            </div>
            <p class="note">${words().steps(this.path.length - 1)}</p>
          </div>
        </div>
      </inkling-question>
    `;
  }

  #kinds(): TemplateResult[] {
    const choose = (kind: Kind) => () => {
      if (kind === "random" && this.kind === "random") this.#drawn++;
      this.kind = kind;
      this.#home();
    };
    return (["weights", "random"] as const).map((kind) => {
      const isChosen = kind === this.kind;
      const text = kind === "random" && isChosen ? words().again : words()[kind];
      return html`<button aria-pressed=${isChosen} @click=${choose(kind)}>${text}</button>`;
    });
  }

  #axis(i: 0 | 1): string {
    if (this.kind === "random" || this.shown === undefined) return i === 0 ? words().first : words().second;
    const { neuron, weight } = carried();
    if (i === 1) return words().outputOf(neuron, this.shown.label);
    return words().weightOf(shared().pixel(Math.floor(weight / 28), weight % 28), neuron);
  }

  /** The picture of the landscape: drawn again for another theme, and for paper. */
  #ground(): string {
    const [{ losses }, { name, palette }] = [this, this.theme];
    if (losses === undefined) return "";
    if (this.#picture?.losses !== losses || this.#picture.theme !== name) {
      this.#picture = { losses, theme: name, address: pictureOf(losses, palette) };
    }
    return this.#picture.address;
  }

  /** The landscape of what is chosen now; its picture is computed piece by piece. */
  #sliced(shown: Shown): Landscape {
    const { neuron, weight } = carried();
    const key = `${shown.digit} ${neuron} ${weight} ${this.kind} ${this.#drawn}`;
    if (this.#landscape !== undefined && key === this.#key) return this.#landscape;
    this.#key = key;
    const example = this.#example as OneExample;
    const landscape = new Landscape(example, this.#directions(shown, example));
    this.#landscape = landscape;
    this.ariaBusy = "true";
    void landscape.survey(
      REACH[this.kind],
      (losses) => {
        this.losses = losses;
        this.ariaBusy = null;
      },
      () => this.isConnected && this.#landscape === landscape,
    );
    return landscape;
  }

  #directions(shown: Shown, example: OneExample): readonly [Float64Array, Float64Array] {
    if (this.kind === "random") {
      const direction = (name: string) => {
        const stream = new Stream(this.#drawn, name);
        const drawn = Float64Array.from({ length: example.count }, (_, e) => stream.normal(e));
        const length = Math.sqrt(drawn.reduce((sum, d) => sum + d * d, 0));
        return drawn.map((d) => d / length);
      };
      return [direction("first direction"), direction("second direction")];
    }
    const { neuron, weight } = carried();
    const unit = (e: number) => Float64Array.from({ length: example.count }, (_, i) => (i === e ? 1 : 0));
    // The first parameter is the first in declared order.
    return [unit(example.weight(weight, neuron).e), unit(example.outputWeight(neuron, shown.label))];
  }

  #lines([along, up]: Point, reach: number): PlotLine[] {
    const [x, y] = this.at;
    const size = Math.hypot(along, up);
    const length = size === 0 ? 0 : Math.min(0.45, 0.1 + size * 0.3) * reach;
    const tip: Point = [x - (along / (size || 1)) * length, y - (up / (size || 1)) * length];
    return [
      { points: this.path, tone: "main", quantity: "path" },
      { points: [this.at, tip], tone: "focus", quantity: "arrow" },
    ];
  }

  #handle(loss: number, reach: number): PlotHandle[] {
    const [x, y] = this.at;
    const text = words().at(signed(x), signed(y), inDigits(loss));
    return [{ x, y, name: words().point, text, along: "both", step: reach / 40 }];
  }

  /** θ ← θ − η·∂C/∂θ, in the slice. */
  #step([along, up]: Point, reach: number): void {
    const rate = this.kind === "weights" ? 2 : 40;
    const held = (value: number) => Math.max(-reach, Math.min(reach, value));
    this.at = [held(this.at[0] - rate * along), held(this.at[1] - rate * up)];
    this.path = [...this.path, this.at];
  }

  readonly #home = () => {
    this.at = [0, 0];
    this.path = [this.at];
  };
}

define("inkling-f09-slices", F09Slices);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f09-slices": F09Slices;
  }
}
