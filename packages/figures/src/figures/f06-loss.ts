/**
 * Cross-entropy: what the probability p of the right class costs, C = −ln p. The reader drags p.
 *
 * The loss comes from the library's cross-entropy of two logits, z = ln p and ln (1 − p), whose softmax is p and 1 − p.
 */
import { html, type TemplateResult } from "lit";
import { define, Figure } from "../parts/figure.ts";
import type { MoveDetail, PlotMark, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import { inDigits, signed } from "../words/messages.ts";
import { words } from "./f06-loss.words.ts";
import { crossEntropyOf } from "./one-neuron.ts";
import { figureStyle } from "./style.ts";

const XS = [0, 1] as const;
const YS = [0, 5] as const;
/** Three answers to compare. */
const SHOWN = [0.9, 0.6, 0.01];

export class F06Loss extends Figure {
  static override properties = { p: { type: Number } };

  static override styles = [Figure.styles, figureStyle];

  /** The probability of the right class. */
  declare p: number;
  readonly #curve = Array.from({ length: 199 }, (_, i): Point => [(i + 1) / 200, costOf((i + 1) / 200).loss]);

  constructor() {
    super();
    this.p = 0.1;
  }

  protected override render(): TemplateResult {
    const { p } = this;
    const { loss, dZ } = costOf(p);
    const slope = -1 / p;
    const reach = Math.min(0.16, 0.16 * Math.max(0.1, p) * 4);
    const tangent = [-reach, reach].map((by): Point => [p + by, loss + by * slope]);
    const marks = SHOWN.map(
      (x): PlotMark => ({
        x,
        y: costOf(x).loss,
        quantity: "shown",
        label: `p = ${inDigits(x)}: ${inDigits(costOf(x).loss)}`,
        // Where the curve is flat, above it and apart from each other.
        ...(x < 0.5 ? {} : { lift: x < 0.8 ? 34 : 28 }),
      }),
    );
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question}
        .choices=${[words().three, words().nine, words().sixty]}
        .right=${1}
        .answer=${answer()}
      >
        <div class="side">
          <div class="reveals">
            <inkling-plot
              .label=${words().chart}
              .xs=${XS}
              .ys=${YS}
              .lines=${[
                { points: this.#curve, quantity: "curve" },
                { points: tangent, tone: "focus", quantity: "tangent" },
              ]}
              .marks=${marks}
              .handles=${[this.#handle(loss)]}
              .xLabel=${words().p}
              .yLabel=${words().cost}
              .height=${330}
              @move=${({ detail }: CustomEvent<MoveDetail>) => {
                this.p = Math.max(0.01, Math.min(0.99, detail.x));
              }}
            ></inkling-plot>
          </div>
          <dl class="numbers">
            <dt>${words().p}</dt>
            <dd>${inDigits(p)}</dd>
            <dt>${words().loss}</dt>
            <dd class="main">${inDigits(loss)}</dd>
            <dt>${words().slope}</dt>
            <dd>${signed(slope)}</dd>
            <dt>${words().delta}</dt>
            <dd>${signed(dZ)}</dd>
            <dt>${words().half}</dt>
            <dd>${signed(costOf(p / 2).loss - loss)}</dd>
          </dl>
        </div>
      </inkling-question>
    `;
  }

  #handle(loss: number) {
    const text = words().at(inDigits(this.p), inDigits(loss));
    return { x: this.p, y: Math.min(YS[1], loss), name: words().handle, text, along: "x", step: 0.01 } as const;
  }
}

/** What the library says of an answer whose right class has p: its loss, and ∂C/∂z of the right class. */
function costOf(p: number): { readonly loss: number; readonly dZ: number } {
  const { loss, dZ } = crossEntropyOf([Math.log(p), Math.log(1 - p)], 0);
  return { loss, dZ: dZ[0] ?? Number.NaN };
}

function answer(): string {
  const [high, mid, low] = SHOWN.map((p) => costOf(p).loss) as [number, number, number];
  return words().answer(inDigits(low), inDigits(mid, 2), inDigits(low / mid, 2), inDigits(high, 2));
}

define("inkling-f06-loss", F06Loss);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f06-loss": F06Loss;
  }
}
