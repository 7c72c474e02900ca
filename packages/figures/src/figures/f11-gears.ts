/**
 * The chain rule as three wheels: x turns u = w·x, and u turns y = σ(u). Under each pair stands its local slope; their
 * product is how far y turns for a turn of x. The reader turns x and changes w.
 */
import { css, html, svg, type TemplateResult } from "lit";
import { define, Figure } from "../parts/figure.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { inDigits, signed } from "../words/messages.ts";
import { words } from "./f11-gears.words.ts";
import { activated } from "./one-neuron.ts";
import { figureStyle } from "./style.ts";

/** How far a wheel turns for 1, in degrees. */
const DEGREES = 60;
/** The push that the wedges show. */
const PUSH = 0.5;

interface Wheel {
  readonly name: string;
  readonly value: number;
  /** Where it goes when x is pushed. */
  readonly pushed: number;
  readonly x: number;
  readonly radius: number;
  readonly teeth: number;
}

export class F11Gears extends Figure {
  static override properties = { x: { type: Number }, w: { type: Number } };

  static override styles = [
    Figure.styles,
    figureStyle,
    css`
      svg {
        display: block;
        width: 100%;
        max-height: 15em;
      }
      .wheel {
        fill: var(--panel);
        stroke: var(--quiet);
        stroke-width: 1.5;
      }
      .teeth {
        fill: none;
        stroke: var(--quiet);
        stroke-width: 7;
      }
      .hand {
        stroke: var(--text);
        stroke-width: 3;
        stroke-linecap: round;
      }
      .wedge {
        fill: var(--focus);
        fill-opacity: 0.3;
      }
      text {
        fill: var(--text);
        font-size: 17px;
        text-anchor: middle;
      }
      .slope {
        fill: var(--focus);
        font-weight: 600;
      }
    `,
  ];

  declare x: number;
  declare w: number;

  constructor() {
    super();
    this.x = 0.5;
    this.w = 2;
  }

  protected override render(): TemplateResult {
    const { x, w } = this;
    const u = w * x;
    const { a: y, slope } = sigmoid(u);
    const measured = (sigmoid(w * (x + 0.001)).a - sigmoid(w * (x - 0.001)).a) / 0.002;
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question}
        .choices=${[words().add, words().multiply, words().last]}
        .right=${1}
        .answer=${words().answer}
      >
        ${this.#picture(u, y, slope)}
        <p class="quiet">${words().push}</p>
        <div class="side">
          <div>
            ${this.#slider(words().x, x, 3, (value) => {
              this.x = value;
            })}
            ${this.#slider(words().w, w, 4, (value) => {
              this.w = value;
            })}
          </div>
          <div class="reveals">
            <dl class="numbers">
              <dt>${words().first}</dt>
              <dd>${signed(w)}</dd>
              <dt>${words().second}</dt>
              <dd>${signed(slope)}</dd>
              <dt>${words().product}</dt>
              <dd class="main">${signed(w * slope)}</dd>
              <dt>${words().measured}</dt>
              <dd class="measured">${signed(measured)}</dd>
            </dl>
          </div>
        </div>
      </inkling-question>
    `;
  }

  #slider(label: string, value: number, end: number, set: (value: number) => void): TemplateResult {
    return html`<inkling-slider
      .label=${label}
      .min=${-end}
      .max=${end}
      .step=${0.05}
      .value=${value}
      @slide=${({ detail }: CustomEvent<SlideDetail>) => set(detail.value)}
    ></inkling-slider>`;
  }

  #picture(u: number, y: number, slope: number): TemplateResult {
    const { x, w } = this;
    const pushedU = w * (x + PUSH);
    const wheels: Wheel[] = [
      { name: `${words().x} = ${signed(x)}`, value: x, pushed: x + PUSH, x: 110, radius: 74, teeth: 24 },
      { name: `${words().u} = ${signed(u)}`, value: u, pushed: pushedU, x: 320, radius: 74, teeth: 24 },
      { name: `${words().y} = ${inDigits(y)}`, value: y, pushed: sigmoid(pushedU).a, x: 530, radius: 74, teeth: 24 },
    ];
    const label = words().chart(signed(x), signed(u), inDigits(y));
    return html`<svg viewBox="0 0 640 232" role="img" aria-label=${label}>
      ${wheels.map(drawnWheel)}
      <text class="slope" x="215" y="36">× ${signed(w)}</text>
      <text class="slope" x="425" y="36">× ${signed(slope)}</text>
      <path data-quantity="turns" d="M196 102 H 232 m-8 -6 l8 6 l-8 6 M406 102 H 442 m-8 -6 l8 6 l-8 6" fill="none" stroke="currentColor" stroke-width="2"></path>
    </svg>`;
  }
}

function drawnWheel({ name, value, pushed, x, radius, teeth }: Wheel): TemplateResult {
  const [cy, turn] = [102, value * DEGREES];
  const at = (degrees: number, r: number) => {
    const angle = ((degrees - 90) * Math.PI) / 180;
    return `${(x + r * Math.cos(angle)).toFixed(2)} ${(cy + r * Math.sin(angle)).toFixed(2)}`;
  };
  const [from, to] = [turn, pushed * DEGREES];
  const inner = radius - 14;
  const size = Math.min(359.9, Math.abs(to - from));
  const end = from + Math.sign(to - from) * size;
  const isLarge = size > 180 ? 1 : 0;
  const wedge = `M${x} ${cy} L${at(from, inner)} A${inner} ${inner} 0 ${isLarge} ${end > from ? 1 : 0} ${at(end, inner)} Z`;
  const tooth = (Math.PI * radius) / teeth;
  return svg`
    <circle class="teeth" data-quantity="wheel" cx=${x} cy=${cy} r=${radius} stroke-dasharray="${tooth} ${tooth}" transform="rotate(${turn} ${x} ${cy})"></circle>
    <circle class="wheel" data-quantity="wheel" cx=${x} cy=${cy} r=${radius - 3}></circle>
    <path class="wedge" data-quantity="wedge" d=${wedge}></path>
    <path class="hand" data-quantity="hand" d="M${x} ${cy} L${at(turn, inner)}"></path>
    <text x=${x} y="222">${name}</text>`;
}

function sigmoid(u: number): { readonly a: number; readonly slope: number } {
  const { a, slope } = activated("sigmoid", [u]);
  return { a: a[0] ?? Number.NaN, slope: slope[0] ?? Number.NaN };
}

define("inkling-f11-gears", F11Gears);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f11-gears": F11Gears;
  }
}
