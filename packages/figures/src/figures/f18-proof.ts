/**
 * The proof: of any of the network's numbers backpropagation's gradient and the central difference, side by side, in
 * float64. The curve shows how much they differ over h: for a large h the loss bends away from its tangent, for a tiny
 * one the digits of two nearly equal losses cancel.
 */
import type { Network } from "inkling";
import { css, html, nothing, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import type { PickDetail } from "../parts/map.ts";
import type { MoveDetail, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import { carried, carry } from "../state/carried.ts";
import { inDigits, inWhole, powerText, signed } from "../words/messages.ts";
import { words } from "./f18-proof.words.ts";
import { LossProbe, type Place } from "./loss-probe.ts";
import { sourceLine } from "./source-line.ts";
import { columnOf, type Traced, TracedFigure } from "./traced.ts";

type Kind = "W1" | "b1" | "W2" | "b2";
const KINDS: readonly Kind[] = ["W1", "b1", "W2", "b2"];
/** log₁₀ h */
const HS = [-12, 0] as const;
/** A relative error below this is drawn as this: log₁₀. */
const LEAST = -14;

export class F18Proof extends TracedFigure {
  static override properties = {
    ...TracedFigure.properties,
    kind: { state: true },
    element: { state: true },
    exponent: { state: true },
    probe: { state: true },
  };

  static override styles = [
    TracedFigure.styles,
    css`
      .map {
        max-width: 20em;
      }
      /* Nine digits leave a name beside them no room. */
      .numbers {
        grid-template-columns: 1fr;
      }
      .numbers dd {
        margin-bottom: 0.4em;
        text-align: start;
      }
    `,
  ];

  /** Which of the four parameters, and which of its numbers; of W1 it is the weight that is carried. */
  declare protected kind: Kind;
  declare protected element: number;
  /** log₁₀ h */
  declare protected exponent: number;
  declare protected probe: LossProbe | undefined;

  constructor() {
    super();
    this.kind = "W1";
    this.element = 0;
    // As in the chapter.
    this.exponent = -5;
  }

  protected override async tracedMore({ pixels, label }: Traced, model: Network): Promise<void> {
    this.probe = await LossProbe.of(model, pixels, label);
  }

  protected override renderTraced(traced: Traced): TemplateResult {
    const { probe, exponent } = this;
    if (probe === undefined) return html`<slot></slot>`;
    const place = this.#place(traced);
    const h = 10 ** exponent;
    const analytic = probe.gradient(place);
    const numeric = probe.difference(place, h);
    const count = traced.trace.layers.reduce((sum, { parameters }) => sum + numbersIn(parameters), 0);
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question(inWhole(count))}
        .choices=${[words().tiny, words().middle, words().large]}
        .right=${1}
        .answer=${words().answer}
      >
        ${this.digitChoice(traced)}
        <div class="row" role="group" aria-label=${words().which}>
          ${KINDS.map(
            (kind) =>
              html`<button aria-pressed=${kind === this.kind} @click=${() => this.#take(kind)}>${words()[kind]}</button>`,
          )}
        </div>
        <div class="side even">
          <div>${this.kind === "W1" ? this.neuronChoice(traced) : nothing} ${this.#map(traced)}</div>
          <dl class="numbers">
            <dt>${words().place}</dt>
            <dd>${this.#name(traced)}</dd>
            <dt>${words().value}</dt>
            <dd>${signed(probe.value(place), 6)}</dd>
            <dt>h</dt>
            <dd>${powerText(exponent)}</dd>
            <dt>${words().analytic}</dt>
            <dd class="main" data-quantity="analytic">${signed(analytic, 9)}</dd>
            <dt>${words().numeric}</dt>
            <dd class="main" data-quantity="numeric">${signed(numeric, 9)}</dd>
            <dt>${words().error}</dt>
            <dd data-quantity="error">${inDigits(errorOf(numeric, analytic), 2)}</dd>
          </dl>
        </div>
        ${sourceLine("centralDifference")}
        <inkling-plot
          .xs=${HS}
          .ys=${[LEAST, 1]}
          .lines=${[{ points: vCurve(probe, place, analytic), quantity: "curve" }]}
          .handles=${[this.#handle(errorOf(numeric, analytic))]}
          .xLabel=${words().h}
          .yLabel=${words().relativeError}
          .xText=${powerText}
          .yText=${powerText}
          .label=${words().chart}
          .height=${250}
          @move=${this.#onMove}
        ></inkling-plot>
      </inkling-question>
    `;
  }

  #map({ hidden, output }: Traced): TemplateResult {
    const { neuron, weight } = carried();
    const shown = {
      W1: { values: columnOf(hidden.back.dW, neuron), columns: 28, picked: weight },
      b1: { values: hidden.back.db, columns: 10, picked: this.element },
      W2: { values: output.back.dW.values, columns: output.back.dW.columns, picked: this.element },
      b2: { values: output.back.db, columns: 10, picked: this.element },
    }[this.kind];
    return html`<div class="map" data-quantity=${this.kind.startsWith("W") ? "dW" : "db"} @pick=${this.#onPick}>
      <inkling-map .values=${shown.values} .columns=${shown.columns} .picked=${shown.picked} .label=${words().gradients}>
      </inkling-map>
    </div>`;
  }

  #place({ names, hidden }: Traced): Place {
    const { neuron, weight } = carried();
    const { element } = this;
    if (this.kind === "W1") return { name: `${names.hidden}.weights`, element: weight * hidden.z.length + neuron };
    if (this.kind === "b1") return { name: `${names.hidden}.bias`, element };
    return { name: `${names.output}.${this.kind === "W2" ? "weights" : "bias"}`, element };
  }

  #name({ output }: Traced): string {
    const { element, kind } = this;
    if (kind === "W1") return words().pixelTo(String(carried().weight), String(carried().neuron));
    if (kind === "b1") return words().biasOf(String(element));
    const { columns } = output.W;
    return kind === "b2"
      ? words().biasOfOutput(String(element))
      : words().neuronTo(String(Math.floor(element / columns)), String(element % columns));
  }

  #handle(error: number) {
    const text = words().at(inDigits(10 ** this.exponent, 1), inDigits(error, 2));
    return { x: this.exponent, y: height(error), name: words().h, text, along: "x", step: 0.5 } as const;
  }

  readonly #onMove = ({ detail }: CustomEvent<MoveDetail>) => {
    this.exponent = detail.x;
  };

  readonly #onPick = ({ detail }: CustomEvent<PickDetail>) => {
    if (detail.index === undefined) return;
    if (this.kind === "W1") carry({ weight: detail.index });
    else this.element = detail.index;
  };

  #take(kind: Kind): void {
    this.kind = kind;
    this.element = 0;
  }
}

function numbersIn(parameters: readonly { readonly value: { readonly values: ArrayLike<number> } }[]): number {
  return parameters.reduce((sum, { value }) => sum + value.values.length, 0);
}

/** The relative error over h, both as powers of ten. */
function vCurve(probe: LossProbe, place: Place, analytic: number): Point[] {
  return Array.from({ length: 49 }, (_, i): Point => {
    const exponent = HS[0] + ((HS[1] - HS[0]) * i) / 48;
    return [exponent, height(errorOf(probe.difference(place, 10 ** exponent), analytic))];
  });
}

/** |numeric − analytic| as a share of the larger one; 0 where both are 0. */
function errorOf(numeric: number, analytic: number): number {
  const size = Math.max(Math.abs(numeric), Math.abs(analytic));
  return size === 0 ? 0 : Math.abs(numeric - analytic) / size;
}

function height(error: number): number {
  return Math.max(LEAST, Math.log10(Math.max(error, Number.MIN_VALUE)));
}

define("inkling-f18-proof", F18Proof);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f18-proof": F18Proof;
  }
}
