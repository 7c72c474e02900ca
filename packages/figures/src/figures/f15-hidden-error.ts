/**
 * (BP2), δ of a hidden neuron: ten products of the next layer's δ with the weights that lead there, their sum, and the
 * slope σ′(z) that it is multiplied with. The reader drags z to where the sigmoid is flat, and little is left.
 */
import { css, html, type TemplateResult } from "lit";
import "../parts/bars.ts";
import { define } from "../parts/figure.ts";
import type { PickDetail } from "../parts/map.ts";
import type { MoveDetail, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import { carried, carry } from "../state/carried.ts";
import { inDigits, signed } from "../words/messages.ts";
import { words } from "./f15-hidden-error.words.ts";
import { activated } from "./one-neuron.ts";
import { sourceLine } from "./source-line.ts";
import { rowOf, type Traced, TracedFigure } from "./traced.ts";

const XS = [-8, 8] as const;
const zs = Array.from({ length: 161 }, (_, i) => XS[0] + i / 10);

export class F15HiddenError extends TracedFigure {
  static override properties = { ...TracedFigure.properties, moved: { state: true } };

  static override styles = [
    TracedFigure.styles,
    css`
      h3 {
        margin-top: 1em;
      }
      .all {
        max-width: 26em;
      }
    `,
  ];

  /** Where the reader has dragged z of a neuron. */
  declare protected moved: { readonly neuron: number; readonly z: number } | undefined;
  readonly #slopes: Point[] = activated("sigmoid", zs).slope.map((slope, i): Point => [zs[i] ?? 0, slope]);

  protected override renderTraced(traced: Traced): TemplateResult {
    const { hidden, output } = traced;
    const neuron = Math.min(carried().neuron, hidden.z.length - 1);
    const weights = rowOf(output.W, neuron);
    const products = weights.map((weight, j) => weight * (output.back.delta[j] ?? 0));
    const names = weights.map((weight, j) => {
      return words().product(j, brief(output.back.delta[j] ?? 0, 2), signed(weight, 2));
    });
    const here = { x: hidden.z[neuron] ?? 0, y: hidden.slope[neuron] ?? 0, label: words().here, lift: -26 };
    const sum = hidden.back.dA[neuron] ?? 0;
    const z = this.moved?.neuron === neuron ? this.moved.z : (hidden.z[neuron] ?? 0);
    const slope = this.moved?.neuron === neuron ? slopeAt(z) : (hidden.slope[neuron] ?? 0);
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${words().summary(String(neuron), signed(sum), inDigits(slope), signed(sum * slope))}
        .question=${words().question(signed(outputsTotal(traced)))}
        .choices=${[words().same, words().other, words().above]}
        .right=${1}
        .answer=${this.#answer(traced)}
      >
        ${this.digitChoice(traced)} ${this.neuronChoice(traced)}
        <div class="formula">
          <span>δ<sub>${neuron}</sub> =</span> ${this.term("sum", html`Σ<sub>j</sub> δ<sub>j</sub>·W<sub>${neuron},j</sub>`)}
          ·
          ${this.term("slope", html`σ′(z<sub>${neuron}</sub>)`)}
          <span>= ${signed(sum)} × ${inDigits(slope)} = <strong data-quantity="delta">${signed(sum * slope)}</strong></span>
        </div>
        ${sourceLine(this.lit === "slope" ? "delta" : "bp2", this.lit !== undefined)}
        <div class="side even">
          <div class=${this.litPart("sum")} data-quantity="products">
            <h3>${words().products}</h3>
            <inkling-bars
              .values=${products}
              .names=${names}
              .text=${(product: number) => brief(product, 3)}
              .label=${words().products}
            ></inkling-bars>
            <h3>${words().together}</h3>
            <inkling-bars
              .values=${[sumOf(products, 1), sumOf(products, -1), sum]}
              .names=${[words().positive, words().negative, words().whole]}
              .marked=${2}
              .label=${words().together}
            ></inkling-bars>
          </div>
          <div class=${this.litPart("slope")}>
            <h3>${words().slope}</h3>
            <inkling-plot
              .xs=${XS}
              .ys=${[0, 0.3]}
              .lines=${[{ points: this.#slopes, quantity: "slopes" }]}
              .marks=${[{ ...here, tone: "quiet", quantity: "own" }]}
              .handles=${[{ x: z, y: slope, name: words().z, text: words().at(signed(z), inDigits(slope)), along: "x", step: 0.1 }]}
              .xLabel=${"z"}
              .yLabel=${"σ′(z)"}
              .label=${words().slopeChart}
              .height=${230}
              @move=${this.#onMove}
            ></inkling-plot>
            <p class="note">${words().drag}</p>
          </div>
        </div>
        <h3>${words().all}</h3>
        <div class="all" data-quantity="delta" @pick=${this.#onPick}>
          <inkling-map
            .values=${hidden.back.delta}
            .columns=${10}
            .picked=${neuron}
            .says=${(i: number) => words().of(i, signed(hidden.back.delta[i] ?? 0, 4))}
            .label=${words().all}
          ></inkling-map>
        </div>
        <p class="note">${this.#oldWeights(traced, neuron)}</p>
      </inkling-question>
    `;
  }

  #answer(traced: Traced): string {
    const { hidden } = traced;
    const sizes = Array.from(hidden.back.delta).reduce((total, value) => total + Math.abs(value), 0);
    const total = Array.from(hidden.back.delta).reduce((sum, value) => sum + value, 0);
    return words().answer(signed(outputsTotal(traced)), signed(total), inDigits(sizes));
  }

  /** The weights that count are those before the step. */
  #oldWeights({ output }: Traced, neuron: number): string {
    const { delta, WAfter } = output.back;
    const after = rowOf(WAfter, neuron).reduce((sum, weight, j) => sum + weight * (delta[j] ?? 0), 0);
    const before = rowOf(output.W, neuron).reduce((sum, weight, j) => sum + weight * (delta[j] ?? 0), 0);
    return words().old(signed(before, 4), signed(after, 4));
  }

  readonly #onMove = ({ detail }: CustomEvent<MoveDetail>) => {
    this.moved = { neuron: carried().neuron, z: detail.x };
  };

  readonly #onPick = ({ detail }: CustomEvent<PickDetail>) => {
    if (detail.index !== undefined) carry({ neuron: detail.index });
  };
}

/** The sum of the outputs' δ: 0 but for rounding. */
function outputsTotal({ output }: Traced): number {
  const sum = Array.from(output.back.delta).reduce((total, value) => total + value, 0);
  return Math.abs(sum) < 1e-6 ? 0 : sum;
}

function slopeAt(z: number): number {
  return activated("sigmoid", [z]).slope[0] ?? 0;
}

/** The sum of those numbers that have this sign. */
function sumOf(values: readonly number[], sign: 1 | -1): number {
  return values.filter((value) => value * sign > 0).reduce((sum, value) => sum + value, 0);
}

/** What is too small to be seen beside the others takes no room. The table beside the figure has its digits. */
function brief(value: number, digits: number): string {
  return Math.abs(value) < 5e-4 ? "≈ 0" : signed(value, digits);
}

define("inkling-f15-hidden-error", F15HiddenError);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f15-hidden-error": F15HiddenError;
  }
}
