/**
 * Curves that grow while one looks: uPlot draws them, words and a table beside them say the same. The value under the
 * pointer, or under the arrow keys, is written below.
 */
import { css, html, type PropertyValues, type TemplateResult } from "lit";
import type uPlot from "uplot";
import { define, Figure } from "../../parts/figure.ts";
import type { NumbersTable } from "../../parts/numbers.ts";
import { nextTurn } from "../../session/turn.ts";
import { inDigits, inPercent } from "../../words/messages.ts";
import { words } from "./words.ts";

export interface Series {
  readonly label: string;
  /** In epochs, rising. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly tone: "amount" | "text" | "quiet";
  /** Few points, drawn as such. */
  readonly hasPoints: boolean;
}

const HEIGHT = 210;
/** More points than these are drawn small: large ones would make a band. */
const MANY = 40;
/** What a chart is drawn in; each has an element of this colour, so that asking for it changes no style. */
const TONES = ["quiet", "line", "amount", "text"] as const;

/** Pixels of line and of gap: curves that lie on each other can be told apart without their colours. */
const DASHES = { amount: [], text: [8, 5], quiet: [2, 4] } as const;

/** What draws, once it is there: a page shows its buttons before it. */
let UPlot: typeof uPlot | undefined;

export class InklingCurves extends Figure {
  static override properties = {
    label: { type: String },
    series: { attribute: false },
    end: { type: Number },
    isShare: { type: Boolean },
    at: { state: true },
  };

  static override styles = [
    Figure.styles,
    css`
      .plot {
        position: relative;
        min-height: ${HEIGHT}px;
        touch-action: pan-y;
      }
      /* Before the first step there is nothing to draw: the frame says where it will be. */
      .plot:empty {
        border: 1px dashed var(--line);
        border-radius: 8px;
      }
      .uplot,
      .u-wrap {
        position: relative;
      }
      .u-over,
      .u-under,
      .u-axis {
        position: absolute;
      }
      .u-under {
        overflow: hidden;
      }
      .uplot canvas {
        position: relative;
        display: block;
        width: 100%;
        height: 100%;
      }
      .u-cursor-x {
        position: absolute;
        inset: 0 auto auto 0;
        height: 100%;
        border-right: 1px solid var(--quiet);
        pointer-events: none;
        will-change: transform;
      }
      .u-cursor-y,
      .u-select,
      .u-off {
        display: none;
      }
      .u-cursor-pt {
        position: absolute;
        top: 0;
        left: 0;
        border: 0 solid;
        border-radius: 50%;
        pointer-events: none;
      }
      h4 {
        margin: 0 0 0.2em;
        font-size: 1em;
        font-weight: 600;
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1.2em;
        margin: 0;
        padding: 0;
        color: var(--quiet);
        font-size: 0.85em;
        list-style: none;
      }
      .key i {
        display: inline-block;
        width: 34px;
        height: 0.2em;
        margin-inline-end: 0.4em;
        vertical-align: middle;
        background: var(--tone);
      }
      .key .text,
      .key .quiet {
        background: repeating-linear-gradient(90deg, var(--tone) 0 var(--dash), transparent var(--dash) var(--pace));
        --dash: 8px;
        --pace: 13px;
      }
      .key .quiet {
        --dash: 2px;
        --pace: 6px;
      }
      .amount {
        --tone: var(--amount);
        color: var(--amount);
      }
      .text {
        --tone: var(--text);
        color: var(--text);
      }
      .quiet {
        --tone: var(--quiet);
        color: var(--quiet);
      }
      .line {
        color: var(--line);
      }
      output {
        display: block;
        min-height: 1.5em;
        font-size: 0.85em;
      }
    `,
  ];

  declare label: string;
  declare series: readonly Series[];
  /** Where the axis of epochs ends. */
  declare end: number;
  /** Whether the numbers are shares from 0 to 1. */
  declare isShare: boolean;
  declare at: number | undefined;
  #plot: uPlot | undefined;
  #shape = "";
  #isWaiting = false;
  #sizes: ResizeObserver | undefined;

  constructor() {
    super();
    this.label = "";
    this.series = [];
    this.end = 1;
    this.isShare = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes?.disconnect();
    this.#plot?.destroy();
    this.#plot = this.#sizes = undefined;
  }

  protected override render(): TemplateResult {
    return html`
      <h4>${this.label}</h4>
      <div class="plot" tabindex="0" role="img" aria-label=${this.#words()} @keydown=${this.#onKey}></div>
      <ul class="key">
        ${this.series.map(({ label, tone }) => html`<li><i class=${tone}></i>${label}</li>`)}
      </ul>
      <output>${this.#readout()}</output>
      ${TONES.map((tone) => html`<span hidden class="probe ${tone}"></span>`)}
    `;
  }

  /** The numbers of each line, for a table and a file. */
  numbers(): readonly NumbersTable[] {
    return this.series.map(({ label, x, y }) => ({
      label: `${this.label}: ${label}`,
      columns: [
        { name: words().tableEpoch, values: x },
        { name: label, values: y },
      ],
    }));
  }

  #text(value: number): string {
    return this.isShare ? inPercent(value) : inDigits(value, 3);
  }

  #words(): string {
    const y = this.series[0]?.y ?? [];
    const [first, last] = [y[0], y[y.length - 1]];
    if (first === undefined || last === undefined) return words().curveEmpty(this.label);
    return words().curveAlt(this.label, this.#text(first), this.#text(last));
  }

  #readout(): string {
    const [xs, ...lines] = this.#plot?.data ?? [];
    const x = this.at === undefined ? undefined : xs?.[this.at];
    if (x === undefined) return "";
    const values = this.series.flatMap(({ label }, i) => {
      const value = lines[i]?.[this.at ?? 0];
      return value === null || value === undefined ? [] : [`${label} ${this.#text(value)}`];
    });
    return words().readout(inDigits(x, 3), values.join(", "));
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.size === 1 && changed.has("at")) return;
    if (UPlot === undefined) {
      // Until there is something to draw, nothing has to be loaded for it.
      if (this.series.some(({ x }) => x.length > 0)) void this.#load();
      return;
    }
    if (!this.#isWaiting) void this.#draw();
  }

  /** Draws what it has by then, each chart in a task of its own: all in one keep a slow page from answering. */
  async #draw(): Promise<void> {
    this.#isWaiting = true;
    await nextTurn();
    if (this.isConnected) await this.#show();
    this.#isWaiting = false;
  }

  async #show(): Promise<void> {
    const shape = this.series.map(({ label, tone, y }) => `${label} ${tone} ${y.length > MANY}`).join();
    if (this.#plot === undefined || shape !== this.#shape) await this.#make(shape);
    else this.#plot.setData(this.#data());
  }

  async #load(): Promise<void> {
    // Without it the table beside the curves still has the numbers.
    const loaded = await import("uplot").catch(() => undefined);
    if (loaded === undefined) return;
    UPlot = loaded.default;
    this.requestUpdate();
  }

  /** All series over the same places; where one has no number there is none. An empty frame has its axes, too. */
  #data(): uPlot.AlignedData {
    if (this.series.every(({ x }) => x.length === 0)) return [[0, this.end], ...this.series.map(() => [null, null])];
    return UPlot?.join(this.series.map(({ x, y }) => [Array.from(x), Array.from(y)] as uPlot.AlignedData)) ?? [[]];
  }

  /** A chart is put together in one task, and drawn in the next one. */
  async #make(shape: string): Promise<void> {
    const place = this.renderRoot.querySelector<HTMLElement>(".plot");
    if (place === null || UPlot === undefined) return;
    this.#plot?.destroy();
    this.#plot = undefined;
    const { series } = this;
    let begin = () => {};
    const plot = new UPlot(this.#options(place.clientWidth || 300), this.#data(), (_, init) => {
      begin = () => init();
    });
    place.append(plot.root);
    await nextTurn();
    if (!this.isConnected) {
      plot.destroy();
      return;
    }
    begin();
    // More may have come in between.
    if (this.series !== series) plot.setData(this.#data());
    this.#plot = plot;
    this.#shape = shape;
    this.#sizes ??= new ResizeObserver(() => {
      const { clientWidth: width } = place;
      // It is asked when it begins to look, too: nothing has changed then, and drawing it anew would take as long.
      if (width > 0 && width !== this.#plot?.width) this.#plot?.setSize({ width, height: HEIGHT });
    });
    this.#sizes.observe(place);
  }

  #options(width: number): uPlot.Options {
    const axis = { stroke: () => this.#colour("quiet"), font: "12px system-ui, sans-serif" };
    const grid = { stroke: () => this.#colour("line"), width: 1 };
    const ticks = { show: false };
    const values = (_: uPlot, splits: number[]) => splits.map((v) => (this.isShare ? inPercent(v, 0) : inDigits(v, 2)));
    return {
      ...{ width, height: HEIGHT, legend: { show: false }, padding: [8, 12, 0, 0] },
      scales: {
        x: { time: false, range: () => [0, this.end] },
        y: { range: (_u, min, max) => rangeOf(min, max, this.isShare) },
      },
      axes: [
        { ...axis, grid: { show: false }, ticks, size: 28, values: (_u, splits) => splits.map((v) => inDigits(v, 3)) },
        { ...axis, grid, ticks, size: (_u, texts) => roomFor(texts), values },
      ],
      cursor: { drag: { setScale: false, x: false, y: false }, y: false },
      series: [
        {},
        ...this.series.map(({ label, tone, hasPoints, y }) => ({
          ...{ label, spanGaps: true, width: 2, dash: [...DASHES[tone]], stroke: () => this.#colour(tone) },
          points: { show: hasPoints, size: y.length > MANY ? 3 : 7, fill: () => this.#colour(tone) },
        })),
      ],
      hooks: {
        setCursor: [
          ({ cursor }) => {
            this.at = cursor.idx ?? undefined;
          },
        ],
      },
    };
  }

  /** A token's colour as it is in the page's theme. */
  #colour(tone: (typeof TONES)[number]): string {
    const probe = this.renderRoot.querySelector(`.probe.${tone}`);
    return probe === null ? "gray" : getComputedStyle(probe).color;
  }

  readonly #onKey = (event: KeyboardEvent) => {
    const last = (this.#plot?.data[0].length ?? 0) - 1;
    if (last < 0) return;
    const at = this.at ?? last;
    const moves: Readonly<Record<string, number>> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.at = Math.max(0, Math.min(last, next));
    const x = this.#plot?.data[0][this.at] ?? 0;
    this.#plot?.setCursor({ left: this.#plot.valToPos(x, "x"), top: 10 }, false);
  };
}

/** Pixels beside the chart that its numbers need; they are 12 pixels high. */
function roomFor(texts: readonly string[] | null): number {
  const longest = Math.max(0, ...(texts ?? []).map((text) => text.length));
  return Math.max(52, 14 + 7 * longest);
}

function rangeOf(min: number | null, max: number | null, isShare: boolean): [number, number] {
  if (min === null || max === null) return [0, 1];
  if (isShare) return [Math.max(0, Math.floor(min * 10 - 0.5) / 10), 1];
  return [0, max * 1.05 || 1];
}

define("inkling-curves", InklingCurves);
