/**
 * Vanishing gradients. A deep network and one digit: how large ∂C/∂W is in each layer, on a scale of powers of ten,
 * before training and while it trains. The reader chooses σ, the first weights, the depth, and batch norm. The table
 * takes the way back apart: each layer's δ is that of the layer above, times weights, times a slope.
 */
import { type ActivationName, evaluate, type InitializerName, type Network } from "inkling";
import { css, html, nothing, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import type { PlotLine, PlotMark, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { carried, onCarried } from "../state/carried.ts";
import { isOn, keepInAddress, oneOf, wholeIn } from "../state/kept.ts";
import { inDigits, inPercent, inWhole, powerText } from "../words/messages.ts";
import { digitControl } from "./controls.ts";
import { deepNetwork, gradientsOf, type LayerGradients, stepsIn, stepsOf } from "./deep.ts";
import { wayBack } from "./f27-table.ts";
import { words } from "./f27-vanishing.words.ts";
import { type Halves, LearningFigure } from "./learning.ts";
import { tableStyle } from "./style.ts";

const ACTIVATIONS = ["sigmoid", "tanh", "relu"] as const satisfies readonly ActivationName[];
const STARTS = ["normal", "scaledNormal", "glorot", "he"] as const satisfies readonly InitializerName[];
const DEEPEST = 8;
/** Between two looks at the gradients, in steps. */
const LOOK = 100;
/** log₁₀ of the sizes that the chart has room for. */
const YS = [-8, 1] as const;

interface Ending {
  readonly accuracy: number;
  readonly loss: number;
}

export class F27Vanishing extends LearningFigure {
  static override properties = {
    ...LearningFigure.properties,
    activation: { type: String },
    start: { type: String },
    depth: { type: Number },
    normalizes: { type: Boolean },
    skips: { type: Boolean },
    untrained: { state: true },
    trained: { state: true },
    step: { state: true },
    ending: { state: true },
  };

  static override styles = [
    LearningFigure.styles,
    tableStyle,
    css`
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25em 1.5em;
      }
      .choices .row {
        margin-bottom: 0.4em;
      }
      .numbers {
        margin-top: 0.75em;
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 0.1em 1.2em;
        margin: 0.5em 0 0.25em;
        font-size: 0.9em;
      }
      .key i {
        display: inline-block;
        vertical-align: middle;
      }
      .key .line {
        width: 1.6em;
        border-top: 2.5px solid var(--text);
      }
      .key .line.amount {
        border-top: 2.5px dashed var(--amount);
      }
      .key .dot {
        width: 5px;
        height: 5px;
        border-radius: 50%;
        background: var(--quiet);
      }
    `,
  ];

  declare activation: (typeof ACTIVATIONS)[number];
  /** How the weights begin. */
  declare start: (typeof STARTS)[number];
  /** How many hidden layers. */
  declare depth: number;
  declare normalizes: boolean;
  /** Whether each hidden layer adds its input to what it gives. */
  declare skips: boolean;
  /** Each layer's gradients before training, and now. */
  declare protected untrained: readonly LayerGradients[];
  declare protected trained: readonly LayerGradients[];
  /** How far the training has come. */
  declare protected step: number;
  declare protected ending: Ending | "diverged" | undefined;
  #stop: (() => void) | undefined;

  constructor() {
    super();
    [this.activation, this.start, this.depth] = ["sigmoid", "glorot", 6];
    [this.normalizes, this.skips] = [false, false];
    [this.untrained, this.trained, this.step] = [[], [], 0];
    const fields = {
      activation: { ...oneOf(ACTIVATIONS), label: () => words().activations },
      start: { ...oneOf(STARTS), label: () => words().starts },
      depth: { ...wholeIn(1, DEEPEST), label: () => words().depth },
      normalizes: { ...isOn(), label: () => words().norm },
      skips: { ...isOn(), label: () => words().skip },
    };
    keepInAddress(this, "f27", fields, () => this.again());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = onCarried(() => this.again());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
  }

  protected override async compute(halves: Halves, isWanted: () => boolean): Promise<void> {
    const { learn } = halves;
    const { pixels, label } = digitIn(halves);
    const { activation, start: initializer, depth: layers, normalizes, skips } = this;
    const model = deepNetwork({ activation, initializer, layers, normalizes, skips }, learn);
    const look = () => gradientsOf(model, pixels, label);
    const before = await look();
    if (!isWanted()) return;
    [this.untrained, this.trained, this.step, this.ending] = [before, [], 0, undefined];
    await this.turn();
    let step = 0;
    const ending = await this.follow(model, learn, stepsOf(activation), async () => {
      if (++step % LOOK === 0 && isWanted()) [this.trained, this.step] = [await look(), step];
      return isWanted();
    });
    if (ending !== "left") await this.#end(model, halves, ending, isWanted);
    if (ending === "ended" && isWanted()) [this.trained, this.step] = [await look(), step];
    model.close();
  }

  async #end(model: Network<"classes">, { judge }: Halves, how: string, isWanted: () => boolean): Promise<void> {
    const ending = how === "diverged" ? "diverged" : await evaluate(model, judge);
    if (isWanted()) this.ending = ending;
  }

  protected override draw(halves: Halves): TemplateResult {
    const { untrained: before } = this;
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question}
        .choices=${[words().equal, words().ten, words().tiny]}
        .right=${2}
        .answer=${words().answer}
      >
        <div class="bar-top">${digitControl(digitIn(halves))}</div>
        <div class="choices">
          ${this.#row(words().activations, ACTIVATIONS, this.activation, (activation) => this.#take({ activation }))}
          ${this.#row(words().starts, STARTS, this.start, (start) => this.#take({ start }))}
          <div class="row">
            ${this.#switch("norm", this.normalizes, (normalizes) => this.#take({ normalizes }))}
            ${this.#switch("skip", this.skips, (skips) => this.#take({ skips }))}
          </div>
        </div>
        <inkling-slider
          label=${words().depth}
          min="1"
          max=${DEEPEST}
          step="1"
          .value=${this.depth}
          .text=${inWhole}
          @slide=${({ detail }: CustomEvent<SlideDetail>) => this.#take({ depth: detail.value })}
        ></inkling-slider>
        <div class="reveals">
          ${before.length === 0 ? nothing : [this.#chart(), this.#numbers(halves), wayBack(before)]}
        </div>
        <p class="note">${words().what(inWhole(halves.learn.count), inDigits(stepsOf(this.activation).learningRate))}</p>
      </inkling-question>
    `;
  }

  #switch(name: "norm" | "skip", isOn: boolean, take: (isOn: boolean) => void): TemplateResult {
    return html`<button aria-pressed=${isOn} data-choice=${name} @click=${() => take(!isOn)}>${words()[name]}</button>`;
  }

  #row<T extends keyof ReturnType<typeof words>>(
    name: string,
    choices: readonly T[],
    chosen: T,
    take: (choice: T) => void,
  ): TemplateResult {
    return html`<div class="row" role="group" aria-label=${name}>
      <span class="quiet">${name}</span>
      ${choices.map(
        (choice) =>
          html`<button aria-pressed=${choice === chosen} data-choice=${choice} @click=${() => take(choice)}>
            ${words()[choice]}
          </button>`,
      )}
    </div>`;
  }

  #chart(): TemplateResult {
    const { untrained: before, trained: after } = this;
    const line = (layers: readonly LayerGradients[]) =>
      layers.map(({ weights }, i): Point => [i + 1, held(Math.log10(weights))]);
    const lines: PlotLine[] = [{ points: line(before), tone: "main", quantity: "before" }];
    if (after.length > 0) {
      lines.push({ points: line(after), tone: "amount", isDashed: true, quantity: "trained" });
    }
    const own = before.flatMap(({ neurons }, i) => dots(neurons, i + 1, "quiet"));
    const middle = line(before).map(([x, y]): PlotMark => ({ x, y, tone: "main", radius: 4.5, quantity: "before" }));
    const steps = this.step === 0 ? "…" : inWhole(this.step);
    return html`<p class="key">
        <span><i class="line main"></i> ${words().before}</span>
        <span><i class="dot"></i> ${words().neuron}</span>
        <span><i class="line amount"></i> ${words().after(steps)}</span>
      </p>
      <inkling-plot
      .xs=${[0.5, before.length + 0.9]}
      .ys=${YS}
      .lines=${lines}
      .marks=${[...own, ...middle]}
      .xLabel=${words().layer}
      .yLabel=${words().size}
      .yText=${powerText}
      .label=${words().chart}
      .height=${320}
    ></inkling-plot>`;
  }

  #numbers({ learn, judge }: Halves): TemplateResult {
    const { untrained: before, ending, step } = this;
    const [first, last] = [before[0]?.weights ?? 0, before.at(-1)?.weights ?? 0];
    const zeros = before.reduce((sum, { neurons }) => sum + neurons.filter((size) => size === 0).length, 0);
    const isNumber = ending !== undefined && ending !== "diverged";
    const steps = inWhole(stepsIn(learn.count));
    return html`<dl class="numbers">
        <dt>${words().first}</dt>
        <dd data-shown="first">${inDigits(first, 2)}</dd>
        <dt>${words().last}</dt>
        <dd data-shown="last">${inDigits(last, 2)}</dd>
        <dt>${words().ratio}</dt>
        <dd class="main" data-shown="ratio">${words().times(last / first < 10 ? inDigits(last / first, 2) : inWhole(rounded(last / first)))}</dd>
        <dt>${words().reads}</dt>
        <dd class="main" data-shown="accuracy">
          ${
            isNumber
              ? words().ofOthers(inPercent(ending.accuracy, 1), inWhole(judge.count))
              : ending === "diverged"
                ? words().diverged
                : words().training(inWhole(step), steps)
          }
        </dd>
        <dt>${words().loss}</dt>
        <dd data-shown="loss">${isNumber ? inDigits(ending.loss) : "…"}</dd>
      </dl>
      ${zeros === 0 ? nothing : html`<p class="note">${words().zero(inWhole(zeros))}</p>`}`;
  }

  #take(part: Partial<Pick<F27Vanishing, "activation" | "start" | "depth" | "normalizes" | "skips">>): void {
    Object.assign(this, part);
    this.again();
  }
}

/** The digit that is carried from figure to figure, or the last one that there is. */
function digitIn({ learn, judge }: Halves) {
  const digit = Math.min(carried().digit, learn.count + judge.count - 1);
  const [set, place] = digit < learn.count ? [learn, digit] : [judge, digit - learn.count];
  return { digit, pixels: set.example(place) as Uint8Array, label: set.labels?.[place] ?? 0 };
}

/** A factor with two digits: 19,000. */
function rounded(factor: number): number {
  return Number(factor.toPrecision(2));
}

/** log₁₀ of a size, inside of the chart. */
function held(exponent: number): number {
  return Math.max(YS[0], Math.min(YS[1], exponent));
}

/** A dot for each neuron, side by side around its layer's place; none for those without a gradient. */
function dots(sizes: readonly number[], x: number, tone: PlotMark["tone"] & string): PlotMark[] {
  return sizes.flatMap((size, j): PlotMark[] => {
    const y = Math.log10(size);
    if (size === 0 || y < YS[0] || y > YS[1]) return [];
    return [
      { x: x + 0.5 * (j / Math.max(1, sizes.length - 1) - 0.5), y, tone, radius: 2, isFaint: true, quantity: "neuron" },
    ];
  });
}

define("inkling-f27-vanishing", F27Vanishing);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f27-vanishing": F27Vanishing;
  }
}
