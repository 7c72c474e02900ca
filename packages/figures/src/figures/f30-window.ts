/**
 * A convolution, place by place: a window of 5 × 5 pixels is dragged over the digit, and at each place 25 products and
 * a bias make one number of the feature map, which is drawn as the window goes. The filter is one that the network has
 * learned, one that people made, or the reader's own; stride and padding say where the window stops.
 */
import type { Network } from "inkling";
import { convolutionAt } from "inkling/proofs";
import { html, nothing, type PropertyValues, svg, type TemplateResult } from "lit";
import { convolutionModel } from "../data/book-model.ts";
import { define } from "../parts/figure.ts";
import { follow } from "../parts/follow.ts";
import type { PickDetail } from "../parts/map.ts";
import "../parts/map.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { inWhole, signed } from "../words/messages.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { digitControl } from "./controls.ts";
import { type Chosen, filterOf, keepWindow, MADE, numbersOf, RANGES } from "./f30-kept.ts";
import { pixelSlider, placeAfter, productsOf, resultsOf, windowOver } from "./f30-parts.ts";
import { style } from "./f30-window.style.ts";
import { words } from "./f30-window.words.ts";
import type { KernelDetail } from "./kernel.ts";
import "./kernel.ts";
import { cellsBetween, type Filter, type Filtered, filtered, learned, made, SIDE, SIZE } from "./one-filter.ts";
import { sourceLine } from "./source-line.ts";

/** How long the window slides over all places, in milliseconds. */
const SLIDE = 4000;

export class F30Window extends BookFigure {
  static override properties = {
    ...BookFigure.properties,
    chosen: { state: true },
    filter: { state: true },
    stride: { type: Number },
    padding: { type: Number },
    row: { type: Number },
    column: { type: Number },
    seen: { state: true },
    found: { state: true },
    isSliding: { state: true },
  };

  static override styles = [BookFigure.styles, style];

  declare protected chosen: Chosen;
  declare protected filter: Filter | undefined;
  declare stride: number;
  declare padding: number;
  /** The window's place, in the feature map. */
  declare row: number;
  declare column: number;
  /** Which numbers of the feature map the window has been at. */
  declare protected seen: readonly boolean[];
  declare protected found: Filtered | undefined;
  /** Whether the window goes over all places by itself. */
  declare protected isSliding: boolean;
  #asked = 0;
  #own: readonly number[] = [];

  constructor() {
    super();
    [this.chosen, this.stride, this.padding, this.row, this.column] = [0, 1, 0, 12, 11];
    [this.seen, this.isSliding] = [[], false];
    keepWindow(this, () => {
      if (this.shown !== undefined) this.filter = filterOf(this.shown.trace, this.chosen, this.#own);
    });
  }

  /** The reader's filter, for the address: none while another one is chosen. */
  get own(): readonly number[] {
    return this.chosen === "own" && this.filter !== undefined ? numbersOf(this.filter) : [];
  }

  set own(numbers: readonly number[]) {
    this.#own = numbers;
  }

  protected override get source(): () => Promise<Network> {
    return convolutionModel as () => Promise<Network>;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.isSliding = false;
  }

  protected override async prepare(shown: Shown): Promise<void> {
    this.filter ??= filterOf(shown.trace, this.chosen, this.#own);
    await this.#compute(shown);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.ariaBusy = this.isSliding ? "true" : null;
    const isOther = ["stride", "padding", "filter"].some((name) => changed.get(name) !== undefined);
    if (isOther && this.shown !== undefined) void this.#compute(this.shown);
  }

  /** What the filter makes of the digit; the last call counts. */
  async #compute({ pixels }: Shown): Promise<void> {
    const asked = ++this.#asked;
    const { filter, stride, padding, found: before } = this;
    if (filter === undefined) return;
    const found = await filtered(pixels, filter, { stride, padding });
    if (asked !== this.#asked) return;
    const { outHeight, outWidth } = found.convolution.window;
    const places = outHeight * outWidth;
    [this.row, this.column] = [Math.min(this.row, outHeight - 1), Math.min(this.column, outWidth - 1)];
    // At first the window has come as far as its place; on a map of another size it has been everywhere.
    const come = before === undefined ? this.row * outWidth + this.column : places;
    if (this.seen.length !== places) this.seen = Array.from({ length: places }, (_, p) => p <= come);
    this.found = found;
  }

  protected override draw(shown: Shown): TemplateResult {
    const { found, filter } = this;
    if (found === undefined || filter === undefined) return html`<slot></slot>`;
    const { convolution } = found;
    const places = convolution.z.length;
    const own = filter.weights.length + 1;
    const dense = (shown.pixels.length + 1) * places;
    const at = convolutionAt(convolution, { channel: 0, row: this.row, column: this.column });
    const isWhole = this.seen.every((seen) => seen);
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question(inWhole(places))}
        .choices=${[words().shared(inWhole(own)), words().each(inWhole(own * places)), words().dense(inWhole(dense))]}
        .right=${0}
        .answer=${words().answer(inWhole(own), inWhole(dense))}
      >
        <div class="bar-top">${digitControl(shown)}</div>
        ${this.#filters(shown)}
        <div class="three">
          <div>
            <h3>${words().picture}</h3>
            ${this.#picture(shown)}
            <div class="buttons">
              <button ?disabled=${this.isSliding} @click=${this.#slide}>${words().slide}</button>
              <button @click=${this.#clear}>${words().clear}</button>
            </div>
          </div>
          <div>
            <h3>${words().filter}</h3>
            <inkling-kernel .weights=${filter.weights} .size=${SIZE} @kernel=${this.#onKernel}></inkling-kernel>
          </div>
          <div>
            <h3>${words().map}</h3>
            ${this.#map(found)}
          </div>
        </div>
        ${productsOf(at)} ${sourceLine("convolved")} ${this.#sliders(filter)}
        ${isWhole ? resultsOf(found) : nothing}
      </inkling-question>
    `;
  }

  #filters(shown: Shown): TemplateResult {
    const count = shown.trace.layers[0]?.convolution?.filters ?? 0;
    const choice = (chosen: Chosen, name: string, filter: Filter) =>
      html`<button aria-pressed=${chosen === this.chosen} aria-label=${name} title=${name} @click=${() => this.#choose(chosen, filter)}>
        <inkling-map plain data-quantity="W" aria-hidden="true" .columns=${SIZE} .values=${filter.weights}></inkling-map>
      </button>`;
    return html`<div class="filters" role="group" aria-label=${words().which}>
      <span>${words().byNetwork}</span>
      ${Array.from({ length: count }, (_, f) => choice(f, words().learned(inWhole(f)), learned(shown.trace, f)))}
      <span>${words().byPeople}</span>
      ${MADE.map((name) => choice(name, words()[name], { weights: made[name], bias: 0 }))}
      ${this.chosen === "own" && this.filter ? choice("own", words().own, this.filter) : nothing}
    </div>`;
  }

  /** The digit with what is around it, and the window. */
  #picture({ pixels }: Shown): TemplateResult {
    return html`<div
      class="frame ${this.padding > 0 ? "padded" : ""}"
      tabindex="0"
      role="application"
      aria-label=${words().window(this.row, this.column)}
      aria-description=${words().windowHelp}
      @pointerdown=${this.#press}
      @keydown=${this.#onKey}
    >
      ${windowOver(pixels, this)}
    </div>`;
  }

  #map({ convolution }: Filtered): TemplateResult {
    const { z, window } = convolution;
    const columns = window.outWidth;
    const count = this.seen.filter((seen) => seen).length;
    const hidden = this.seen.flatMap((seen, p) => (seen ? [] : [`M${p % columns} ${Math.floor(p / columns)}h1v1h-1z`]));
    return html`<div class="map" @pick=${this.#onMap}>
      <inkling-map
        data-quantity="z"
        .columns=${columns}
        .values=${z}
        .picked=${this.row * columns + this.column}
        .says=${(p: number) => this.#says(z, p, columns)}
        .label=${words().mapLabel(inWhole(count), inWhole(z.length))}
      ></inkling-map>
      <svg viewBox="0 0 ${columns} ${window.outHeight}" aria-hidden="true">${hidden.length === 0 ? nothing : svg`<path data-quantity="hidden" d=${hidden.join("")}></path>`}</svg>
    </div>`;
  }

  #says(z: ArrayLike<number>, place: number, columns: number): string {
    const value = this.seen[place] ? signed(z[place] ?? 0, 4) : words().notYet;
    return words().at(Math.floor(place / columns), place % columns, value);
  }

  #sliders(filter: Filter): TemplateResult {
    const side = this.found?.convolution.window.outWidth ?? 0;
    const set = (part: Partial<F30Window>) => Object.assign(this, part);
    return html`<div class="sliders">
        ${pixelSlider(words().stride, RANGES.stride, this.stride, (stride) => set({ stride }))}
        ${pixelSlider(words().padding, RANGES.padding, this.padding, (padding) => set({ padding }))}
        <inkling-slider
          .label=${"b"}
          .name=${words().bias}
          .min=${-2}
          .max=${2}
          .step=${0.05}
          .value=${filter.bias}
          @slide=${({ detail }: CustomEvent<SlideDetail>) => this.#choose("own", { ...filter, bias: detail.value })}
        ></inkling-slider>
      </div>
      <p class="note">${words().size(this.padding, this.stride, side)}</p>`;
  }

  #choose(chosen: Chosen, filter: Filter): void {
    [this.chosen, this.filter] = [chosen, filter];
  }

  readonly #onKernel = ({ detail }: CustomEvent<KernelDetail>) => {
    if (this.filter !== undefined) this.#choose("own", { ...this.filter, weights: detail.weights });
  };

  readonly #press = (event: PointerEvent) => {
    const target = event.currentTarget as HTMLElement;
    const area = target.getBoundingClientRect();
    const whole = SIDE + 2 * this.padding;
    // The window's middle is under the pointer.
    const place = (share: number) => Math.round((share * whole - SIZE / 2) / this.stride);
    const go = ({ clientX, clientY }: PointerEvent, isDrawn: boolean) =>
      this.#go(place((clientY - area.top) / area.height), place((clientX - area.left) / area.width), isDrawn);
    go(event, false);
    follow(target, event, (moved) => go(moved, true));
  };

  readonly #onKey = (event: KeyboardEvent) => {
    const next = placeAfter(event.key, this);
    if (next === undefined) return;
    event.preventDefault();
    this.#go(...next);
  };

  readonly #onMap = ({ detail }: CustomEvent<PickDetail>) => {
    const { outWidth = 1 } = this.found?.convolution.window ?? {};
    if (detail.index === undefined || this.isSliding) return;
    this.#go(Math.floor(detail.index / outWidth), detail.index % outWidth);
  };

  /** Moves the window, or draws it to a place: then the map is drawn at all places between, too. */
  #go(row: number, column: number, isDrawn = false): void {
    const { outHeight = 1, outWidth = 1 } = this.found?.convolution.window ?? {};
    const to = [Math.max(0, Math.min(outHeight - 1, row)), Math.max(0, Math.min(outWidth - 1, column))] as const;
    const seen = [...this.seen];
    for (const [r, c] of cellsBetween(isDrawn ? [this.row, this.column] : to, to)) seen[r * outWidth + c] = true;
    [this.seen, this.isSliding] = [seen, false];
    [this.row, this.column] = to;
  }

  readonly #clear = () => {
    this.isSliding = false;
    this.seen = this.seen.map((_, p) => p === this.row * (this.found?.convolution.window.outWidth ?? 1) + this.column);
  };

  /** From the first place to the last, row by row; at once for readers who want no motion. */
  readonly #slide = () => {
    const start = performance.now();
    const length = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : SLIDE;
    this.isSliding = true;
    const frame = (now: number) => {
      const { outWidth = 1 } = this.found?.convolution.window ?? {};
      if (!this.isSliding) return;
      const last = Math.max(0, Math.min(this.seen.length - 1, Math.floor((this.seen.length * (now - start)) / length)));
      this.seen = this.seen.map((_, p) => p <= last);
      [this.row, this.column] = [Math.floor(last / outWidth), last % outWidth];
      this.isSliding = last < this.seen.length - 1;
      if (this.isSliding) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  };
}

define("inkling-f30-window", F30Window);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f30-window": F30Window;
  }
}
