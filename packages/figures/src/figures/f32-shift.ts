/**
 * A digit moves, and three networks read it: the dense one of the book, a convolutional one, and the same convolutional
 * one trained on moved digits. The feature maps move along to the last bit; what the networks say does not stay as it
 * was. Below, how many of some test digits each reads, over how far they are moved, measured in the page.
 */
import { type ClassPrediction, evaluate, type Network } from "inkling";
import { type ConvolutionTrace, type Trace, trace } from "inkling/proofs";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { boundOf } from "../colours/palette.ts";
import { bookModel, convolutionModel } from "../data/book-model.ts";
import "../parts/bars.ts";
import { define } from "../parts/figure.ts";
import { follow } from "../parts/follow.ts";
import "../parts/map.ts";
import type { PlotLine, PlotMark, Point, Tone } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { keepInAddress, wholeIn } from "../state/kept.ts";
import { inPercent, inWhole } from "../words/messages.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { digitControl, stepper } from "./controls.ts";
import { style } from "./f32-shift.style.ts";
import { words } from "./f32-shift.words.ts";
import { channelOf, filterIn, MOST_FILTERS, SIDE } from "./one-filter.ts";
import { movedAlong, type Shift, shifted, shiftedSet } from "./shifted.ts";
import { turn } from "./turn.ts";

/** How far a digit can be moved. */
const FAR = 8;
/** How many test digits are measured. */
const COUNT = 200;
const MOVES = Array.from({ length: 2 * FAR + 1 }, (_, i) => i - FAR);
/** What the question and the answer speak of: so many pixels to the left. */
const ASKED = 4;
const TONES: readonly Tone[] = ["quiet", "main", "amount"];
const SHARES = ["denseShare", "convolutionShare", "taughtShare"];

/** What three networks say of the digit where it is, and what the convolution makes of it. */
interface Read {
  readonly shift: Shift;
  readonly pixels: Uint8Array;
  readonly predictions: readonly ClassPrediction[];
  readonly moved: Trace;
}

export class F32Shift extends BookFigure {
  static override properties = {
    ...BookFigure.properties,
    right: { type: Number },
    down: { type: Number },
    filter: { type: Number },
    dense: { attribute: false },
    taught: { attribute: false },
    read: { state: true },
    curves: { state: true },
  };

  static override styles = [BookFigure.styles, style];

  /** How far the digit is moved, in pixels. */
  declare right: number;
  declare down: number;
  /** The filter whose map is shown. */
  declare filter: number;
  /** The dense network, and the convolutional one taught on moved digits; the site's if they are not given. */
  declare dense: Network | undefined;
  declare taught: Network | undefined;
  declare protected read: Read | undefined;
  /** Of each network the share of right answers, over the moves that are measured. */
  declare protected curves: readonly (readonly Point[])[];
  #asked = 0;
  #isMeasuring = false;

  constructor() {
    super();
    [this.right, this.down, this.filter, this.curves] = [-ASKED, 0, 0, []];
    keepInAddress(this, "f32", {
      right: { ...wholeIn(-FAR, FAR), label: () => words().rightName },
      down: { ...wholeIn(-FAR, FAR), label: () => words().downName },
      filter: { ...wholeIn(0, MOST_FILTERS - 1), label: () => words().whichMap },
    });
  }

  protected override get source(): () => Promise<Network> {
    return convolutionModel as () => Promise<Network>;
  }

  protected override async prepare(shown: Shown): Promise<void> {
    this.filter = filterIn(shown.trace, this.filter);
    const [dense, taught] = await Promise.all([
      this.dense ?? bookModel(),
      this.taught ?? convolutionModel("convolution-shifted"),
    ]);
    [this.dense, this.taught] = [dense as Network, taught as Network];
    await this.#look(shown);
    if (!this.#isMeasuring) void this.#measure(shown);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.shown !== undefined && (changed.has("right") || changed.has("down"))) void this.#look(this.shown);
  }

  #networks({ model }: Shown): readonly Network[] {
    return [this.dense ?? model, model, this.taught ?? model];
  }

  /** What the networks say of the digit where it is now; the last call counts. */
  async #look(shown: Shown): Promise<void> {
    const asked = ++this.#asked;
    const shift = { right: this.right, down: this.down };
    const pixels = shifted(shown.pixels, shift);
    const predictions: ClassPrediction[] = [];
    for (const model of this.#networks(shown)) predictions.push((await model.predict(pixels)) as ClassPrediction);
    const moved = await trace(shown.model, pixels);
    if (asked === this.#asked) this.read = { shift, pixels, predictions, moved };
  }

  /** Reads the first digits at each move, from the middle outwards, as long as the figure is seen. */
  async #measure(shown: Shown): Promise<void> {
    this.#isMeasuring = true;
    this.ariaBusy = "true";
    const count = Math.min(COUNT, shown.test.count);
    const networks = this.#networks(shown);
    const curves: Point[][] = networks.map(() => []);
    for (const right of MOVES.toSorted((a, b) => Math.abs(a) - Math.abs(b))) {
      await this.sight.near();
      if (!this.isConnected) break;
      const set = shiftedSet(shown.test, count, { right, down: 0 });
      for (const [i, model] of networks.entries()) {
        const { accuracy = 0 } = await evaluate(model as Network<"classes">, set);
        curves[i] = [...(curves[i] ?? []), [right, accuracy] as const].toSorted(([a], [b]) => a - b);
      }
      this.curves = [...curves];
      await turn();
    }
    this.ariaBusy = null;
    this.#isMeasuring = this.isConnected;
  }

  protected override draw(shown: Shown): TemplateResult {
    const { read } = this;
    if (read === undefined) return html`<slot></slot>`;
    const convolution = shown.trace.layers[0]?.convolution;
    const after = read.moved.layers[0]?.convolution;
    const count = Math.min(COUNT, shown.test.count);
    const turnTo = (by: number) => {
      const filters = convolution?.filters ?? 1;
      this.filter = (this.filter + by + filters) % filters;
    };
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${this.#summary(shown)}
        .question=${words().question(inWhole(count), inWhole(ASKED))}
        .choices=${[words().all, words().conv, words().taught]}
        .right=${2}
        .answer=${this.#answer()}
      >
        <div class="bar-top">${digitControl(shown)} ${stepper(words().maps(this.filter), words().maps(this.filter), turnTo)}</div>
        <div class="top">
          <div>
            <h3>${words().picture}</h3>
            <div
              class="frame"
              tabindex="0"
              role="application"
              aria-label=${words().pictureLabel(this.right, this.down)}
              aria-description=${words().help}
              @pointerdown=${this.#press}
              @keydown=${this.#onKey}
            >
              <inkling-map plain data-quantity="seen" scale="ink" .bound=${255} .values=${read.pixels} .label=${words().picture}></inkling-map>
            </div>
          </div>
          <div>
            <h3>${words().maps(this.filter)}</h3>
            ${after === undefined ? nothing : mapOf(channelOf(after.z, this.filter, after.filters), after)}
          </div>
          <div>
            ${this.#slider(words().right, words().rightName, this.right, (right) => this.#move({ right }))}
            ${this.#slider(words().down, words().downName, this.down, (down) => this.#move({ down }))}
            ${convolution && after ? along(movedAlong(convolution, after, read.shift)) : nothing}
          </div>
        </div>
        <div class="three reveals">${this.#networks(shown).map((model, i) => this.#reading(shown, model, i))}</div>
        ${this.#chart(count)}
      </inkling-question>
    `;
  }

  /** What one network says. */
  #reading({ label }: Shown, model: Network, i: number): TemplateResult {
    const numbers = inWhole(model.parameters.reduce((sum, { value }) => sum + value.rows * value.columns, 0));
    const name = [words().dense(numbers), words().convolution(numbers), words().shiftedName(numbers)][i];
    const prediction = this.read?.predictions[i];
    const [own, p] = [prediction?.label ?? 0, prediction?.probabilities ?? []];
    return html`<div class="of-${TONES[i]}">
      <h3>${name}</h3>
      <inkling-bars
        data-quantity="p"
        scale="amount"
        bound="1"
        .values=${p}
        .marked=${own}
        .text=${(share: number) => inPercent(share, 1)}
        .label=${name ?? ""}
      ></inkling-bars>
      <p data-quantity="reading"><strong>${words().says(String(own), inPercent(p[own] ?? 0, 1), own === label)}</strong></p>
    </div>`;
  }

  #chart(count: number): TemplateResult {
    const { curves, right } = this;
    const lines = curves.map(
      (points, i): PlotLine => ({ points, tone: TONES[i] ?? "main", isDashed: i === 0, quantity: SHARES[i] ?? "" }),
    );
    const marks = curves.flatMap((points, i): PlotMark[] => {
      const [x, y] = points.find(([at]) => at === right) ?? [];
      if (x === undefined || y === undefined) return [];
      return [{ x, y, tone: TONES[i] ?? "main", radius: 6, label: inPercent(y, 0), quantity: SHARES[i] ?? "" }];
    });
    const done = curves[0]?.length ?? 0;
    return html`
      <h3 class="chart">${words().chartTitle(inWhole(count))}</h3>
      <div class="reveals">
        <inkling-plot
          .xs=${[-FAR, FAR]}
          .ys=${[0, 1]}
          .lines=${lines}
          .marks=${marks}
          .xLabel=${words().axis}
          .yLabel=${words().share}
          .label=${words().chart(inWhole(count))}
          .height=${270}
        ></inkling-plot>
      </div>
      ${done < MOVES.length ? html`<p class="note">${words().measuring(inWhole(done), inWhole(MOVES.length))}</p>` : nothing}
    `;
  }

  /** What the three networks say, in one sentence. */
  #summary({ label }: Shown): string {
    const said = this.read?.predictions.map(({ label: own, probabilities }) =>
      words().says(String(own), inPercent(probabilities[own] ?? 0, 1), own === label),
    );
    return said === undefined ? "" : words().summary(this.right, this.down, said);
  }

  #answer(): string {
    const shares = this.curves.map((points) => points.find(([at]) => at === -ASKED)?.[1]);
    if (shares.length === 0 || shares.includes(undefined)) return words().waiting;
    return words().answer(
      inWhole(ASKED),
      shares.map((share) => inPercent(share ?? 0, 0)),
    );
  }

  #slider(label: string, name: string, value: number, take: (value: number) => void): TemplateResult {
    return html`<inkling-slider
      .label=${label}
      .name=${name}
      .min=${-FAR}
      .max=${FAR}
      .step=${1}
      .value=${value}
      .text=${(pixels: number) => words().pixels(inWhole(pixels).replace("-", "−"))}
      @slide=${({ detail }: CustomEvent<SlideDetail>) => take(detail.value)}
    ></inkling-slider>`;
  }

  #move(to: Partial<Shift>): void {
    const kept = (value: number) => Math.max(-FAR, Math.min(FAR, value));
    [this.right, this.down] = [kept(to.right ?? this.right), kept(to.down ?? this.down)];
  }

  readonly #press = (event: PointerEvent) => {
    const target = event.currentTarget as HTMLElement;
    const pixel = target.getBoundingClientRect().width / SIDE;
    const { right, down } = this;
    follow(target, event, ({ clientX, clientY }) => {
      const [x, y] = [(clientX - event.clientX) / pixel, (clientY - event.clientY) / pixel];
      this.#move({ right: right + Math.round(x), down: down + Math.round(y) });
    });
  };

  readonly #onKey = (event: KeyboardEvent) => {
    const { right, down } = this;
    const moves: Readonly<Record<string, Shift>> = {
      ...{ ArrowLeft: { right: right - 1, down }, ArrowRight: { right: right + 1, down } },
      ...{ ArrowUp: { right, down: down - 1 }, ArrowDown: { right, down: down + 1 }, Home: { right: 0, down: 0 } },
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.#move(next);
  };
}

function mapOf(values: readonly number[], { window }: ConvolutionTrace): TemplateResult {
  return html`<inkling-map
    data-quantity="z"
    .columns=${window.outWidth}
    .values=${values}
    .bound=${boundOf(values)}
    .label=${words().map}
  ></inkling-map>`;
}

function along({ equal, of }: { readonly equal: number; readonly of: number }): TemplateResult {
  return html`<p class="note" data-equal=${equal} data-of=${of}>${words().equal(inWhole(equal), inWhole(of))}</p>`;
}

define("inkling-f32-shift", F32Shift);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f32-shift": F32Shift;
  }
}
