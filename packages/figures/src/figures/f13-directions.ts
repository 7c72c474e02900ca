/**
 * The same graph in both directions. From the inputs there is one pass for each input, from the outputs one for each
 * output; a pass multiplies once for each line that it goes along. The slopes that come out are the same.
 *
 * The graph has slopes of its own, drawn by the library's random stream: no network is meant.
 */
import { css, html, type TemplateResult } from "lit";
import { define, Figure } from "../parts/figure.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { inDigits, inWhole } from "../words/messages.ts";
import { words } from "./f13-directions.words.ts";
import { type Direction, graphOf, passesOf } from "./f13-graph.ts";
import { graphPicture } from "./f13-picture.ts";
import { figureStyle } from "./style.ts";

export class F13Directions extends Figure {
  static override properties = {
    inputs: { type: Number },
    outputs: { type: Number },
    forward: { state: true },
    back: { state: true },
  };

  static override styles = [
    Figure.styles,
    figureStyle,
    css`
      svg {
        display: block;
        width: 100%;
        max-height: 19em;
      }
      .edge {
        stroke: var(--line);
        stroke-width: 1.5;
      }
      .edge.done {
        stroke: var(--quiet);
        stroke-width: 2;
      }
      .edge.now {
        stroke: var(--focus);
        stroke-width: 3.5;
      }
      .node {
        fill: var(--surface);
        stroke: var(--quiet);
        stroke-width: 1.5;
      }
      .node.known {
        fill: var(--focus);
      }
    `,
  ];

  declare inputs: number;
  declare outputs: number;
  /** How many multiplications are shown; undefined for all. */
  declare protected forward: number | undefined;
  declare protected back: number | undefined;

  constructor() {
    super();
    this.inputs = 6;
    this.outputs = 1;
  }

  protected override render(): TemplateResult {
    const graph = graphOf(this.inputs, this.outputs);
    const [forward, back] = [passesOf(graph, "forward"), passesOf(graph, "back")];
    const worst = Math.max(...forward.slopes.map((slope, i) => Math.abs(slope - (back.slopes[i] ?? 0))));
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question}
        .choices=${[words().inputs, words().output, words().same]}
        .right=${1}
        .answer=${words().answer(inWhole(passesOf(graphOf(6, 1), "forward").steps.length), inWhole(passesOf(graphOf(6, 1), "back").steps.length))}
      >
        <div class="side even">
          <div>
            ${this.#slider(words().nInputs, this.inputs, (value) => {
              this.inputs = value;
            })}
          </div>
          <div>
            ${this.#slider(words().nOutputs, this.outputs, (value) => {
              this.outputs = value;
            })}
          </div>
          ${this.#way("forward")}${this.#way("back")}
        </div>
        <div class="buttons"><button @click=${this.#swap}>${words().swap}</button></div>
        <p class="note">
          ${words().note} ${words().agree} <span class="worst">${inDigits(worst, 2)}</span>.
        </p>
      </inkling-question>
    `;
  }

  #slider(label: string, value: number, set: (value: number) => void): TemplateResult {
    return html`<inkling-slider
      .label=${label}
      .min=${1}
      .max=${8}
      .step=${1}
      .value=${value}
      .text=${inWhole}
      @slide=${({ detail }: CustomEvent<SlideDetail>) => {
        set(detail.value);
        this.forward = undefined;
        this.back = undefined;
      }}
    ></inkling-slider>`;
  }

  #way(direction: Direction): TemplateResult {
    const graph = graphOf(this.inputs, this.outputs);
    const { steps, passes } = passesOf(graph, direction);
    const done = Math.min(steps.length, this[direction] ?? steps.length);
    const title = direction === "forward" ? words().forward : words().back;
    const pass = steps[Math.max(0, done - 1)]?.pass ?? 0;
    const known = done === steps.length ? passes : pass;
    return html`<div class=${direction}>
      <h3>${title}</h3>
      ${graphPicture(graph, steps, done, direction, words().graph(this.inputs, this.outputs))}
      <inkling-slider
        .label=${words().pass(pass + 1, passes)}
        .name=${title}
        .min=${0}
        .max=${steps.length}
        .step=${1}
        .value=${done}
        .text=${inWhole}
        @slide=${({ detail }: CustomEvent<SlideDetail>) => {
          this[direction] = detail.value;
        }}
      ></inkling-slider>
      <dl class="numbers">
        <dt>${words().done}</dt>
        <dd class="main">${words().of(inWhole(done), inWhole(steps.length))}</dd>
        <dt>${words().known}</dt>
        <dd>
          ${words().of(inWhole((known * this.inputs * this.outputs) / passes), inWhole(this.inputs * this.outputs))}
        </dd>
      </dl>
    </div>`;
  }

  readonly #swap = () => {
    [this.inputs, this.outputs] = [this.outputs, this.inputs];
    this.forward = undefined;
    this.back = undefined;
  };
}

define("inkling-f13-directions", F13Directions);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f13-directions": F13Directions;
  }
}
