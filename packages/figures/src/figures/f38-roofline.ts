/**
 * The roofline: parts of a training under the roof of a machine. To the left memory holds a part up, to the right
 * arithmetic does. The reader drags the batch, which moves the products, and changes the machine.
 */
import { css, html, type TemplateResult } from "lit";
import { define, Figure } from "../parts/figure.ts";
import type { PlotLine, PlotMark, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { keepInAddress, oneOf, wholeIn } from "../state/kept.ts";
import { inDigits, inWhole } from "../words/messages.ts";
import {
  adamDemand,
  type Demand,
  intensityOf,
  type Machine,
  productDemand,
  roofAt,
  secondsOf,
} from "./f38-intensity.ts";
import { words } from "./f38-roofline.words.ts";
import { figureStyle } from "./style.ts";

/** What is looked at: the layers of 784-128-10 and one of 784-512-512-10 forwards, and Adam's step for the first. */
const PARTS = ["first", "last", "wide", "adam"] as const;
type Part = (typeof PARTS)[number];

/** Batches of 2⁰ … 2¹⁰ digits. */
const MOST = 10;
/** Work for each byte, and GFLOP/s, as powers of ten. */
const [XS, YS] = [
  [-1, 2.5],
  [0, 2.6],
] as const;
const GIGA = 1e9;
/** The machine's sliders end here: GFLOP/s, and GB/s. */
const FASTEST = 200;

export class F38Roofline extends Figure {
  static override properties = {
    power: { type: Number },
    seen: { type: String },
    arithmetic: { type: Number },
    memory: { type: Number },
  };

  static override styles = [
    Figure.styles,
    figureStyle,
    css`
      .row {
        margin-bottom: 0.5em;
      }
    `,
  ];

  /** The batch has 2^power digits. */
  declare power: number;
  /** Which part's numbers are shown. */
  declare seen: Part;
  /** GFLOP/s, and GB/s. */
  declare arithmetic: number;
  declare memory: number;

  constructor() {
    super();
    [this.power, this.seen, this.arithmetic, this.memory] = [5, "first", 99, 42];
    keepInAddress(this, "f38", {
      power: { ...wholeIn(0, MOST), label: () => words().batchPower },
      seen: { ...oneOf(PARTS), label: () => words().parts },
      arithmetic: { ...wholeIn(1, FASTEST), label: () => words().machineArithmetic },
      memory: { ...wholeIn(1, FASTEST), label: () => words().machineMemory },
    });
  }

  protected override render(): TemplateResult {
    const machine: Machine = { arithmetic: GIGA * this.arithmetic, memory: GIGA * this.memory };
    const batch = 2 ** this.power;
    const demand = demandOf(this.seen, batch);
    const intensity = intensityOf(demand);
    const isMemory = machine.memory * intensity < machine.arithmetic;
    const names = words();
    return html`
      <inkling-question
        .texts=${names}
        .question=${names.question}
        .choices=${[names.arithmeticFirst, names.memoryFirst, names.neither]}
        .right=${1}
        .answer=${names.answer}
      >
        <div class="row" role="group" aria-label=${names.parts}>
          ${PARTS.map(
            (part) =>
              html`<button aria-pressed=${part === this.seen} @click=${() => this.#look(part)}>${names[part]}</button>`,
          )}
        </div>
        ${this.#slider(
          names.batch,
          0,
          MOST,
          1,
          this.power,
          (power) => inWhole(2 ** power),
          (power) => {
            this.power = power;
          },
        )}
        <inkling-plot
          .xs=${XS}
          .ys=${YS}
          .lines=${roof(machine)}
          .marks=${PARTS.toSorted((a, b) => Number(a === this.seen) - Number(b === this.seen)).map((part) => this.#mark(part, batch, machine))}
          .xText=${(exponent: number) => inDigits(10 ** exponent)}
          .yText=${(exponent: number) => inDigits(10 ** exponent, 2)}
          .xLabel=${names.perByte}
          .yLabel=${names.speed}
          .label=${names.chart(inWhole(batch))}
          .height=${300}
        ></inkling-plot>
        <div class="side even">
          <dl class="numbers">
            <dt>${names.work}</dt>
            <dd>${inWhole(demand.work)}</dd>
            <dt>${names.bytes}</dt>
            <dd>${inWhole(demand.bytes)}</dd>
            <dt>${names.perByte}</dt>
            <dd class="main" data-per-byte>${inDigits(intensity)}</dd>
            <dt>${names.atMost}</dt>
            <dd>${names.gigaflops(inDigits(roofAt(intensity, machine) / GIGA))}</dd>
            <dt>${names.atLeast}</dt>
            <dd>${names.microseconds(inDigits(1e6 * secondsOf(demand, machine)))}</dd>
            <dt>${names.heldUp}</dt>
            <dd class="main" data-held>${isMemory ? names.memory : names.arithmetic}</dd>
          </dl>
          <div>
            ${this.#slider(
              names.machineArithmetic,
              1,
              FASTEST,
              1,
              this.arithmetic,
              (value) => names.gigaflops(inWhole(value)),
              (value) => {
                this.arithmetic = value;
              },
            )}
            ${this.#slider(
              names.machineMemory,
              1,
              FASTEST,
              1,
              this.memory,
              (value) => names.gigabytes(inWhole(value)),
              (value) => {
                this.memory = value;
              },
            )}
            <p class="note">${names.machineNote}</p>
          </div>
        </div>
      </inkling-question>
    `;
  }

  #slider(
    label: string,
    min: number,
    max: number,
    step: number,
    value: number,
    text: (value: number) => string,
    set: (value: number) => void,
  ): TemplateResult {
    return html`<inkling-slider
      .label=${label}
      .min=${min}
      .max=${max}
      .step=${step}
      .value=${value}
      .text=${text}
      @slide=${({ detail }: CustomEvent<SlideDetail>) => set(detail.value)}
    ></inkling-slider>`;
  }

  #mark(part: Part, batch: number, machine: Machine): PlotMark {
    const intensity = intensityOf(demandOf(part, batch));
    const isSeen = part === this.seen;
    return {
      x: Math.log10(intensity),
      y: Math.log10(roofAt(intensity, machine) / GIGA),
      tone: isSeen ? "focus" : "main",
      radius: isSeen ? 7 : 5,
      quantity: isSeen ? "seen" : "other",
      ...(isSeen && { label: words()[part] }),
    };
  }

  #look(part: Part): void {
    this.seen = part;
  }
}

function demandOf(part: Part, batch: number): Demand {
  if (part === "first") return productDemand(batch, 784, 128);
  if (part === "last") return productDemand(batch, 128, 10);
  return part === "wide" ? productDemand(batch, 512, 512) : adamDemand(784 * 128);
}

/** What the machine lets through: up to the ridge by memory, from there on by arithmetic. */
function roof({ arithmetic, memory }: Machine): PlotLine[] {
  const ridge = Math.log10(arithmetic / memory);
  const top = Math.log10(arithmetic / GIGA);
  const slope = (x: number) => Math.log10(memory / GIGA) + x;
  const low = Math.min(XS[0], ridge);
  const memorys: Point[] = [
    [low, slope(low)],
    [ridge, top],
  ];
  const arithmetics: Point[] = [
    [ridge, top],
    [XS[1], top],
  ];
  return [
    { points: memorys, tone: "amount", quantity: "slope" },
    { points: arithmetics, tone: "main", quantity: "roof" },
  ];
}

define("inkling-f38-roofline", F38Roofline);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f38-roofline": F38Roofline;
  }
}
