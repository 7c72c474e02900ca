/**
 * What a gradient costs. Measuring each slope takes two forward passes a weight, 47,720 for this network, and they
 * really run here; backpropagation takes one forward and one backward pass. Both compute with the reference in float64.
 */
import { css, html, nothing, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import "../parts/map.ts";
import "../parts/question.ts";
import { carried } from "../state/carried.ts";
import { inDigits, inWhole } from "../words/messages.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { digitControl, neuronControl } from "./controls.ts";
import { words } from "./f10-cost.words.ts";
import { OneExample } from "./one-example.ts";

const H = 1e-5;
/** Passes are timed together, because clocks of pages are coarse. */
const ROUNDS = 3;
const PASSES = 8;
/** From so many measured slopes on their time is worth comparing. */
const WARM = 2000;
const HIDDEN = 30;
const OUTPUTS = 10;
/** How long the figure computes before the page has its turn, in milliseconds. */
const TURN = 12;

export class F10Cost extends BookFigure {
  static override properties = {
    ...BookFigure.properties,
    done: { state: true },
    spent: { state: true },
    isRunning: { state: true },
    backTime: { state: true },
  };

  static override styles = [
    BookFigure.styles,
    css`
      progress {
        width: 100%;
        height: 1.1em;
        accent-color: var(--amount);
      }
      .ways {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 16em), 1fr));
        gap: 1rem 1.75rem;
      }
      .ways inkling-map {
        max-width: 15em;
        margin: 0.75em auto 0;
      }
      .both {
        margin-top: 1em;
      }
    `,
  ];

  /** How many slopes have been measured, and how long that has taken, in milliseconds. */
  declare protected done: number;
  declare protected spent: number;
  declare protected isRunning: boolean;
  /** How long one forward and one backward pass take, in milliseconds: the fastest round. */
  declare protected backTime: number;
  #example: OneExample | undefined;
  /** Every slope twice: measured, NaN where not yet; and by backpropagation. */
  #measured = new Float64Array(0);
  #exact = new Float64Array(0);
  #worst = 0;

  constructor() {
    super();
    this.#forget();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.isRunning = false;
  }

  protected override async prepare({ model, pixels, label }: Shown): Promise<void> {
    this.#forget();
    const example = await OneExample.of(model, pixels, label);
    this.#example = example;
    const gradient = example.gradient();
    this.#exact = Float64Array.from({ length: example.count }, (_, i) => gradient(example.place(i)));
    this.#measured = new Float64Array(example.count).fill(Number.NaN);
    this.#timeBack();
  }

  #forget(): void {
    this.done = 0;
    this.spent = 0;
    this.isRunning = false;
    this.backTime = Number.NaN;
    this.#worst = 0;
  }

  readonly #timeBack = () => {
    const times = Array.from({ length: ROUNDS }, () => {
      const start = performance.now();
      for (let i = 0; i < PASSES; i++) this.#example?.gradient();
      return (performance.now() - start) / PASSES;
    });
    this.backTime = Math.min(...times);
  };

  protected override draw(shown: Shown): TemplateResult {
    const count = this.#exact.length;
    const { neuron } = carried();
    const { done, spent, backTime } = this;
    const isWarm = done >= WARM;
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question(inWhole(count))}
        .choices=${[words().half, words().hundredth, words().two]}
        .right=${2}
        .answer=${words().answer(inWhole(2 * count))}
      >
        <div class="bar-top">${digitControl(shown)}${neuronControl()}</div>
        <div class="ways">
          ${this.#measuring(count, neuron, shown)}${this.#back(neuron, shown)}
        </div>
        <div class="both reveals">
          <dl class="numbers">
            <dt>${words().factor}</dt>
            <dd class="main">${isWarm ? inWhole((spent / done) * (count / backTime)) : "…"}</dd>
            <dt>${words().worst}</dt>
            <dd class="worst">${done === 0 ? "…" : inDigits(this.#worst, 2)}</dd>
          </dl>
          ${isWarm ? html`<p class="note">${words().note(inDigits((2 * done * backTime) / spent, 2))}</p>` : nothing}
        </div>
      </inkling-question>
    `;
  }

  #measuring(count: number, neuron: number, { pixels }: Shown): TemplateResult {
    const { done, isRunning } = this;
    const label = isRunning ? words().pause : done === 0 || done === count ? words().start : words().more;
    return html`<div>
      <h3>${words().measured}</h3>
      <progress max=${count} value=${done} aria-label=${words().progress}></progress>
      <dl class="numbers">
        <dt>${words().passes}</dt>
        <dd class="passes">${words().ofAll(inWhole(2 * done), inWhole(2 * count))}</dd>
        <dt>${words().multiplications}</dt>
        <dd>${inWhole(2 * done * forwardCount(pixels))}</dd>
        <dt>${words().time}</dt>
        <dd>${done === 0 ? nothing : words().seconds(inDigits(this.spent / 1000, 2))}</dd>
      </dl>
      <div class="buttons"><button class="main" @click=${this.#startOrPause}>${label}</button></div>
      ${this.#map(words().slopes(neuron), this.#measured, neuron)}
    </div>`;
  }

  #back(neuron: number, { pixels }: Shown): TemplateResult {
    return html`<div class="reveals">
      <h3>${words().back}</h3>
      <progress max="1" value="1" aria-label=${words().back}></progress>
      <dl class="numbers">
        <dt>${words().passes}</dt>
        <dd>${words().one}</dd>
        <dt>${words().multiplications}</dt>
        <dd>${inWhole(forwardCount(pixels) + backwardCount(pixels))}</dd>
        <dt>${words().time}</dt>
        <dd>${words().milliseconds(inDigits(this.backTime, 2))}</dd>
      </dl>
      <div class="buttons"><button @click=${this.#timeBack}>${words().once}</button></div>
      ${this.#map(words().exact(neuron), this.#exact, neuron)}
    </div>`;
  }

  /** The slopes of one neuron's 784 weights. */
  #map(label: string, slopes: Float64Array, neuron: number): TemplateResult {
    const of = (all: Float64Array) => Float64Array.from({ length: 784 }, (_, k) => all[k * 30 + neuron] ?? 0);
    const bound = of(this.#exact).reduce((most, slope) => Math.max(most, Math.abs(slope)), 0) || 1;
    return html`<inkling-map data-quantity="dW" .label=${label} .values=${of(slopes)} .bound=${bound}></inkling-map>`;
  }

  readonly #startOrPause = () => {
    if (this.isRunning) {
      this.isRunning = false;
      return;
    }
    if (this.done === this.#exact.length) {
      this.done = 0;
      this.spent = 0;
      this.#worst = 0;
      this.#measured.fill(Number.NaN);
    }
    this.isRunning = true;
    void this.#run();
  };

  /** Measures slope after slope, some in each turn of the page. */
  async #run(): Promise<void> {
    const example = this.#example;
    while (this.isRunning && example !== undefined && example === this.#example && this.done < this.#exact.length) {
      const start = performance.now();
      let i = this.done;
      for (; i < this.#exact.length && performance.now() - start < TURN; i++) this.#measure(example, i);
      this.spent += performance.now() - start;
      this.done = i;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      await this.sight.near();
    }
    if (example === this.#example) this.isRunning = false;
  }

  #measure(example: OneExample, i: number): void {
    const place = example.place(i);
    const w = example.value(place);
    // ∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h
    const slope = (example.lossWith([place, w + H]) - example.lossWith([place, w - H])) / (2 * H);
    this.#measured[i] = slope;
    this.#worst = Math.max(this.#worst, Math.abs(slope - (this.#exact[i] ?? 0)));
  }
}

/** x·W of both layers. */
function forwardCount(pixels: Uint8Array): number {
  return inkOf(pixels) * HIDDEN + HIDDEN * OUTPUTS;
}

/** xᵀ·δ of both layers, δ·Wᵀ of the upper one, and σ′. */
function backwardCount(pixels: Uint8Array): number {
  return inkOf(pixels) * HIDDEN + 2 * HIDDEN * OUTPUTS + HIDDEN;
}

function inkOf(pixels: Uint8Array): number {
  return pixels.reduce((count, byte) => count + (byte > 0 ? 1 : 0), 0);
}

define("inkling-f10-cost", F10Cost);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f10-cost": F10Cost;
  }
}
