/**
 * A convolution's way back on the live digit. Down to the weights: a weight is used at every place, so its gradient is
 * the sum over all places of pixel times δ, and the central difference stands beside it. Down to the pixels: a pixel is
 * seen from 25 places, and gets their δ times the filter, turned by half a turn.
 */
import type { Network } from "inkling";
import type { ConvolutionTrace, DifferenceTrace } from "inkling/proofs";
import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { boundOf } from "../colours/palette.ts";
import { convolutionModel } from "../data/book-model.ts";
import "../parts/bars.ts";
import { define } from "../parts/figure.ts";
import type { PickDetail } from "../parts/map.ts";
import "../parts/map.ts";
import "../parts/question.ts";
import { carried, carry } from "../state/carried.ts";
import { keepInAddress, oneOf, wholeIn } from "../state/kept.ts";
import { inDigits, inWhole, signed } from "../words/messages.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { digitControl, stepper } from "./controls.ts";
import { pixelLesson, weightLesson } from "./conv-gradient.ts";
import { words } from "./f31-conv-gradient.words.ts";
import { channelOf, filterIn, learned, MOST_FILTERS, SIDE, SIZE } from "./one-filter.ts";
import { sourceLine } from "./source-line.ts";

type Way = "weights" | "pixels";
const WAYS: readonly Way[] = ["weights", "pixels"];

export class F31ConvGradient extends BookFigure {
  static override properties = {
    ...BookFigure.properties,
    filter: { type: Number },
    way: { type: String },
    tap: { state: true },
    measured: { state: true },
  };

  static override styles = [
    BookFigure.styles,
    css`
      .row {
        gap: 0.4em;
        margin: 0.5em 0 0;
      }
      .maps {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 1rem 1.25rem;
        align-items: start;
      }
      .maps inkling-map {
        font-size: clamp(0.8em, 3.4cqi, 1em);
      }
      @container (min-width: 640px) {
        .maps {
          grid-template-columns: 5fr 5fr 3fr 3fr;
        }
      }
      /* The windows of max pooling. */
      .pools {
        position: relative;
      }
      .pools::after {
        content: "";
        position: absolute;
        inset: 1px 1px auto;
        aspect-ratio: 1;
        background:
          linear-gradient(var(--line) 1px, transparent 1px) 0 0 / 100% calc(100% / var(--pools)),
          linear-gradient(90deg, var(--line) 1px, transparent 1px) 0 0 / calc(100% / var(--pools)) 100%;
        pointer-events: none;
      }
      .product {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr) auto minmax(0, 1fr);
        gap: 0.4em;
        align-items: center;
        margin: 1.25rem 0 0;
      }
      .product h3 {
        align-self: end;
        margin: 0;
        font-size: clamp(0.75em, 3.2cqi, 0.95em);
      }
      .product .sign {
        font-size: 1.4em;
        font-weight: 650;
      }
      .around {
        max-width: 26em;
        margin-top: 0;
      }
      .row + .side,
      .side + h3 {
        margin-top: 1.25rem;
      }
      .numbers {
        max-width: 26em;
        margin-top: 1rem;
      }
    `,
  ];

  declare filter: number;
  declare way: Way;
  /** The weight of the filter that is taken apart. */
  declare protected tap: number;
  /** Its gradient, measured. */
  declare protected measured: DifferenceTrace | undefined;
  #asked = "";

  constructor() {
    super();
    [this.filter, this.way, this.tap] = [0, "weights", 12];
    keepInAddress(this, "f31", {
      filter: { ...wholeIn(0, MOST_FILTERS - 1), label: () => words().filterControl },
      way: { ...oneOf(WAYS), label: () => words().ways },
      tap: { ...wholeIn(0, SIZE * SIZE - 1), label: () => words().dW },
    });
  }

  protected override get source(): () => Promise<Network> {
    return convolutionModel as () => Promise<Network>;
  }

  protected override async prepare(shown: Shown): Promise<void> {
    this.filter = filterIn(shown.trace, this.filter);
    this.measured = await shown.trace.difference(0, this.filter, this.tap);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.shown !== undefined && (changed.has("filter") || changed.has("tap"))) void this.#measure(this.shown);
  }

  async #measure({ trace }: Shown): Promise<void> {
    const asked = `${this.filter} ${this.tap}`;
    this.#asked = asked;
    const measured = await trace.difference(0, this.filter, this.tap);
    if (asked === this.#asked) this.measured = measured;
  }

  protected override draw(shown: Shown): TemplateResult {
    const convolution = shown.trace.layers[0]?.convolution;
    // Throws for a network that does not begin with a convolution.
    const { weights } = learned(shown.trace, this.filter);
    if (convolution?.back === undefined) return html`<slot></slot>`;
    const { filters, window, back, a } = convolution;
    const [places, columns] = [window.outHeight * window.outWidth, window.outWidth];
    const windows = places / 4;
    const choices = [
      words().every(inWhole(places)),
      words().half(inWhole(places / 2)),
      words().windows(inWhole(windows)),
    ];
    const lesson = weightLesson(convolution, this.filter, this.tap);
    const alive = lesson.delta.filter((value) => value !== 0).length;
    const adding = lesson.products.filter((value) => value !== 0).length;
    const turn = (by: number) => {
      this.filter = (this.filter + by + filters) % filters;
    };
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question(inWhole(places))}
        .choices=${choices}
        .right=${2}
        .answer=${words().answer(inWhole(windows), inWhole(adding), inWhole(places))}
      >
        <div class="bar-top">
          ${digitControl(shown)} ${stepper(words().filterControl, words().filter(this.filter), turn)}
        </div>
        <div class="maps">
          ${map("a", words().activation, channelOf(a, this.filter, filters), columns)}
          <div>
            <h3>${words().delta}</h3>
            <div class="pools" style="--pools: ${columns / 2}">
              <inkling-map
                data-quantity="delta"
                .columns=${columns}
                .values=${lesson.delta}
                .label=${words().delta}
              ></inkling-map>
            </div>
          </div> ${map("W", words().W, weights, SIZE)}
          <div @pick=${this.#onTap}>
            <h3>${words().dW}</h3>
            <inkling-map
              data-quantity="dW"
              .columns=${SIZE}
              .values=${channelOf(back.dW.values, this.filter, filters)}
              .picked=${this.tap}
              .label=${words().dWLabel}
            ></inkling-map>
          </div>
        </div>
        <div class="reveals">
          <p class="note">${words().arrived(inWhole(alive), inWhole(places), inWhole(windows))}</p>
        </div>
        <div class="buttons row" role="group" aria-label=${words().ways}>
          ${WAYS.map(
            (way) =>
              html`<button aria-pressed=${way === this.way} @click=${() => this.#go(way)}>${words()[way]}</button>`,
          )}
        </div>
        ${this.way === "weights" ? this.#toWeights(convolution, adding) : this.#toPixels(shown, convolution)}
      </inkling-question>
    `;
  }

  #toWeights(convolution: ConvolutionTrace, adding: number): TemplateResult {
    const { x, delta, products, sum } = weightLesson(convolution, this.filter, this.tap);
    const [row, column] = [Math.floor(this.tap / SIZE), this.tap % SIZE];
    const columns = convolution.window.outWidth;
    const { analytic, numeric, relativeError, crossesCorner } = this.measured ?? {};
    const written = (value: number | undefined) => (value === undefined ? "…" : signed(value, 6));
    const error = relativeError === undefined ? "…" : inDigits(relativeError, 2);
    return html`
      <div class="product">
        <h3>${words().x(row, column)}</h3>
        <span></span>
        <h3>${words().deltaShort}</h3>
        <span></span>
        <h3>${words().products}</h3>
        <inkling-map plain data-quantity="x" scale="ink" bound="1" .columns=${columns} .values=${x} .label=${words().x(row, column)}></inkling-map>
        <span class="sign">×</span>
        <inkling-map plain data-quantity="delta" .columns=${columns} .values=${delta} .label=${words().deltaShort}></inkling-map>
        <span class="sign">=</span>
        <inkling-map plain data-quantity="products" .columns=${columns} .values=${products} .label=${words().products}></inkling-map>
      </div>
      <div class="reveals">
        <dl class="numbers">
          <dt>${words().weight(row, column)}</dt>
          <dd>${signed(learnedWeight(convolution, this.filter, this.tap), 4)}</dd>
          <dt>${words().places}</dt>
          <dd>${inWhole(adding)}</dd>
          <dt>${words().total}</dt>
          <dd class="main" data-quantity="sum">${signed(sum, 6)}</dd>
          <dt>${words().analytic}</dt>
          <dd data-quantity="analytic">${written(analytic)}</dd>
          <dt>${words().numeric}</dt>
          <dd data-quantity="numeric">${written(numeric)}</dd>
          <dt>${words().error}</dt>
          <dd data-quantity="error">${crossesCorner ? words().corner : error}</dd>
        </dl>
      </div>
      ${sourceLine("convolvedWeights")}
    `;
  }

  #toPixels({ trace }: Shown, convolution: ConvolutionTrace): TemplateResult {
    const dX = trace.back?.dInputs ?? [];
    const pixel = carried().weight;
    const [row, column] = [Math.floor(pixel / SIDE), pixel % SIDE];
    const { filters } = convolution;
    const { delta, turned, products } = pixelLesson(convolution, this.filter, pixel);
    const each = Array.from({ length: filters }, (_, f) => pixelLesson(convolution, f, pixel).sum);
    const total = dX[pixel] ?? 0;
    const names = [...each.map((_, f) => words().filterName(f)), words().all];
    return html`
      <div class="side even">
        <div @pick=${this.#onPixel}>
          <h3>${words().dX}</h3>
          <inkling-map data-quantity="dX" .values=${dX} .picked=${pixel} .label=${words().dXLabel}></inkling-map>
        </div>
        <div>
          <h3>${words().each}</h3>
          <inkling-bars data-quantity="sent" .values=${[...each, total]} .names=${names} .marked=${filters} .label=${words().each}></inkling-bars>
          <p class="note" data-quantity="pixel">${words().pixelNote(signed(total, 4), inWhole(filters))}</p>
        </div>
      </div>
      <h3>${words().around(row, column, this.filter)}</h3>
      <div class="product around">
        <h3>${words().deltaAround}</h3>
        <span></span>
        <h3>${words().turned}</h3>
        <span></span>
        <h3>${words().productsAround}</h3>
        <inkling-map
          plain
          data-quantity="delta"
          .columns=${SIZE}
          .values=${delta}
          .bound=${boundOf(channelOf(convolution.back?.delta ?? [], this.filter, filters))}
          .label=${words().deltaAround}
        ></inkling-map>
        <span class="sign">×</span>
        <inkling-map plain data-quantity="turned" .columns=${SIZE} .values=${turned} .label=${words().turned}></inkling-map>
        <span class="sign">=</span>
        <inkling-map plain data-quantity="parts" .columns=${SIZE} .values=${products} .label=${words().productsAround}></inkling-map>
      </div>
      ${sourceLine("convolvedInput")}
    `;
  }

  #go(way: Way): void {
    this.way = way;
  }

  readonly #onTap = ({ detail }: CustomEvent<PickDetail>) => {
    if (detail.index !== undefined) this.tap = detail.index;
  };

  readonly #onPixel = ({ detail }: CustomEvent<PickDetail>) => {
    if (detail.index !== undefined) carry({ weight: detail.index });
  };
}

function map(quantity: string, title: string, values: ArrayLike<number>, columns: number): TemplateResult {
  return html`<div>
    <h3>${title}</h3>
    <inkling-map data-quantity=${quantity} .columns=${columns} .values=${values} .label=${title}></inkling-map>
  </div>`;
}

function learnedWeight({ W, filters }: ConvolutionTrace, filter: number, tap: number): number {
  return W.values[tap * filters + filter] ?? Number.NaN;
}

define("inkling-f31-conv-gradient", F31ConvGradient);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f31-conv-gradient": F31ConvGradient;
  }
}
