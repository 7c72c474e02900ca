/**
 * (BP3), ∂C/∂b = δ. The reader drags the bias of one hidden neuron along the true loss of this digit, which the library
 * computes in float64; δ is the slope of the tangent, and the slope that is measured agrees with it.
 */
import type { Network } from "inkling";
import { html, type TemplateResult } from "lit";
import { rangeOf } from "../parts/axes.ts";
import { define } from "../parts/figure.ts";
import type { MoveDetail, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import { carried } from "../state/carried.ts";
import { inDigits, signed } from "../words/messages.ts";
import { words } from "./f16-bias-gradient.words.ts";
import { LossProbe, type Place } from "./loss-probe.ts";
import { sourceLine } from "./source-line.ts";
import { type Traced, TracedFigure } from "./traced.ts";

/** How far the bias can be dragged to each side, and the points of the curve. */
const REACH = 6;
const POINTS = 49;
const H = 1e-4;

interface Curve {
  readonly probe: LossProbe;
  readonly place: Place;
  readonly bias: number;
  readonly points: readonly Point[];
}

export class F16BiasGradient extends TracedFigure {
  static override properties = { ...TracedFigure.properties, curve: { state: true }, moved: { state: true } };

  declare protected curve: Curve | undefined;
  /** Where the reader has dragged the bias. */
  declare protected moved: number | undefined;

  protected override async tracedMore({ pixels, label, names, hidden }: Traced, model: Network): Promise<void> {
    const probe = await LossProbe.of(model, pixels, label);
    const element = Math.min(carried().neuron, hidden.z.length - 1);
    const place = { name: `${names.hidden}.bias`, element };
    const bias = probe.value(place);
    const points = Array.from({ length: POINTS }, (_, i): Point => {
      const b = bias + REACH * ((2 * i) / (POINTS - 1) - 1);
      return [b, probe.loss(place, b)];
    });
    if (this.curve?.place.element !== element) this.moved = undefined;
    this.curve = { probe, place, bias, points };
  }

  protected override renderTraced(traced: Traced): TemplateResult {
    const { curve } = this;
    if (curve === undefined) return html`<slot></slot>`;
    const { probe, place, bias, points } = curve;
    const b = this.moved ?? bias;
    const [loss, delta] = [probe.loss(place, b), probe.gradient(place, b)];
    const measured = probe.difference(place, H, b);
    const tangent: Point[] = [-1.5, 1.5].map((by): Point => [b + by, loss + by * delta]);
    const neuron = place.element;
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question(String(neuron))}
        .choices=${[words().same, words().product, words().zero]}
        .right=${0}
        .answer=${words().answer(String(neuron), signed(traced.hidden.back.delta[neuron] ?? 0))}
      >
        ${this.digitChoice(traced)} ${this.neuronChoice(traced)}
        <div class="reveals">
          <div class="formula">
            ${this.term("db", html`∂C/∂b<sub>${neuron}</sub>`)} = ${this.term("delta", html`δ<sub>${neuron}</sub>`)}
            <span>= <strong>${signed(delta)}</strong></span>
          </div>
          ${sourceLine("bp3", this.lit !== undefined)}
        </div>
        <div class="side">
          <inkling-plot
            .xs=${[bias - REACH, bias + REACH]}
            .ys=${rangeOf(
              points.map(([, y]) => y),
              0.15,
            )}
            .lines=${[{ points, quantity: "curve" }, { points: tangent, tone: "focus", quantity: "tangent" }]}
            .marks=${[{ x: bias, y: probe.loss(place, bias), tone: "quiet", label: words().own, quantity: "learnt" }]}
            .handles=${[{ x: b, y: loss, name: words().bias, text: words().at(signed(b), inDigits(loss)), along: "x", step: 0.1 }]}
            .xLabel=${words().bias}
            .yLabel=${words().loss}
            .label=${words().chart(String(neuron))}
            .height=${280}
            @move=${this.#onMove}
          ></inkling-plot>
          <div class="reveals">
            <dl class="numbers">
              <dt>${words().bias}</dt>
              <dd>${signed(b)}</dd>
              <dt>${words().loss}</dt>
              <dd>${inDigits(loss, 4)}</dd>
              <dt class=${this.litPart("delta")}>${words().delta}</dt>
              <dd class="main" data-quantity="delta">${signed(delta, 6)}</dd>
              <dt class=${this.litPart("db")}>${words().measured(inDigits(H))}</dt>
              <dd class="main" data-quantity="measured">${signed(measured, 6)}</dd>
            </dl>
          </div>
        </div>
      </inkling-question>
    `;
  }

  readonly #onMove = ({ detail }: CustomEvent<MoveDetail>) => {
    this.moved = detail.x;
  };
}

define("inkling-f16-bias-gradient", F16BiasGradient);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f16-bias-gradient": F16BiasGradient;
  }
}
