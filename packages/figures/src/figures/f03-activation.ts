/**
 * The activation and its slope: a = σ(z), σ′(z). The reader drags z along the sigmoid; the tangent goes along, and the
 * slope is a point of the chart below. He draws the whole of that chart first.
 *
 * Where the neuron is sure, at both ends, its slope is near 0.
 */
import { html, type TemplateResult } from "lit";
import { define, Figure } from "../parts/figure.ts";
import type { MoveDetail, PlotLine, PlotMark, Point, SketchDetail } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import { inDigits, signed } from "../words/messages.ts";
import { words } from "./f03-activation.words.ts";
import { activated } from "./one-neuron.ts";
import { figureStyle } from "./style.ts";

const XS = [-6, 6] as const;
const zs = Array.from({ length: 121 }, (_, i) => XS[0] + i / 10);
/** σ(4.6) = 0.99, the neuron of the question. */
const SURE = 4.6;

export class F03Activation extends Figure {
  static override properties = {
    z: { type: Number },
    sketch: { state: true },
    seen: { state: true },
    isCompared: { state: true },
  };

  static override styles = [Figure.styles, figureStyle];

  /** Where the reader looks. */
  declare z: number;
  declare protected sketch: readonly number[];
  /** The slopes that were seen while z was dragged. */
  declare protected seen: readonly Point[];
  declare protected isCompared: boolean;
  readonly #curve = activated("sigmoid", zs);

  constructor() {
    super();
    this.z = SURE;
    this.#again();
  }

  protected override render(): TemplateResult {
    const { z } = this;
    const { a, slope } = at(z);
    const drawn = this.sketch.filter((y) => !Number.isNaN(y)).length;
    return html`
      <inkling-question
        .texts=${words()}
        .question=${html`${words().question} <span class="task">${words().task}</span>`}
        .drawing=${drawn > 20}
        .answer=${answer()}
        @guess=${this.#compare}
        @again=${this.#again}
      >
        <div class="side">
          <div>
            <inkling-plot
              .label=${words().valueChart}
              .xs=${XS}
              .ys=${[0, 1]}
              .lines=${this.#above(a, slope)}
              .handles=${[this.#handle(a, slope)]}
              .xLabel=${"z"}
              .yLabel=${words().value}
              .height=${240}
              @move=${this.#onMove}
            ></inkling-plot>
            <inkling-plot
              .label=${words().slopeChart}
              .xs=${XS}
              .ys=${[0, 0.3]}
              .lines=${this.isCompared ? [{ points: pairs(this.#curve.slope), quantity: "slopes" }] : []}
              .marks=${this.#below(slope)}
              .xLabel=${"z"}
              .yLabel=${words().slope}
              .height=${200}
              .sketching=${!this.isCompared}
              .sketch=${this.sketch}
              @sketch=${this.#onSketch}
            ></inkling-plot>
          </div>
          <dl class="numbers">
            <dt>${words().z}</dt>
            <dd>${signed(z, 2)}</dd>
            <dt>${words().a}</dt>
            <dd>${inDigits(a)}</dd>
            <dt>${words().dA}</dt>
            <dd class="main">${inDigits(slope)}</dd>
            <dt>${words().push}</dt>
            <dd>${signed(at(z + 0.1).a - a)}</dd>
          </dl>
        </div>
      </inkling-question>
    `;
  }

  #handle(a: number, slope: number) {
    const text = words().at(signed(this.z, 2), inDigits(a), inDigits(slope));
    return { x: this.z, y: a, name: words().handle, text, along: "x", step: 0.1 } as const;
  }

  #above(a: number, slope: number): PlotLine[] {
    const tangent: Point[] = [-1.6, 1.6].map((by) => [this.z + by, a + by * slope]);
    return [
      { points: pairs(this.#curve.a), quantity: "values" },
      { points: tangent, tone: "focus", quantity: "tangent" },
    ];
  }

  #below(slope: number): PlotMark[] {
    const trail = this.seen.map(([x, y]): PlotMark => ({ x, y, tone: "quiet", radius: 2.5, quantity: "seen" }));
    return [...trail, { x: this.z, y: slope, tone: "focus", radius: 6, label: inDigits(slope), quantity: "here" }];
  }

  readonly #onMove = ({ detail }: CustomEvent<MoveDetail>) => {
    this.z = detail.x;
    this.seen = [...this.seen.filter(([x]) => x !== detail.x), [detail.x, at(detail.x).slope]];
  };

  readonly #onSketch = ({ detail }: CustomEvent<SketchDetail>) => {
    this.sketch = detail.sketch;
  };

  readonly #compare = () => {
    this.isCompared = true;
  };

  readonly #again = () => {
    this.sketch = [];
    this.seen = [];
    this.isCompared = false;
  };
}

/** What the library makes of one z. */
function at(z: number): { readonly a: number; readonly slope: number } {
  const { a, slope } = activated("sigmoid", [z]);
  return { a: a[0] ?? Number.NaN, slope: slope[0] ?? Number.NaN };
}

function answer(): string {
  const { a, slope } = at(SURE);
  return words().answer(inDigits(a, 2), inDigits(slope, 2), inDigits(at(0).slope / slope, 2));
}

function pairs(values: readonly number[]): Point[] {
  return values.map((value, i): Point => [zs[i] ?? 0, value]);
}

define("inkling-f03-activation", F03Activation);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f03-activation": F03Activation;
  }
}
