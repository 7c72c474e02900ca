/**
 * Plain descent, momentum and Adam in a valley: C(x, y) = ½·(x² + κ·y²). All three are the library's own. The reader
 * drags the start, the valley's stretch, the rates and μ, and lets them roll.
 */
import { adam, momentum, type Optimizer, sgd } from "inkling";
import { html, type TemplateResult } from "lit";
import { define, Figure } from "../parts/figure.ts";
import type { MoveDetail, PlotLine, PlotMark, Point, Tone } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { inRange, keepInAddress, numbersIn, wholeIn } from "../state/kept.ts";
import { inDigits, inPercent, inWhole, powerText, signed } from "../words/messages.ts";
import { arrival, bowl, levelLines, near, walk } from "./descent.ts";
import { optimizersStyle } from "./f28-optimizers.style.ts";
import { words } from "./f28-optimizers.words.ts";
import { figureStyle } from "./style.ts";

const XS = [-10, 10] as const;
const YS = [-2, 2] as const;
/** log₁₀ of the share of the first loss. */
const SHARES = [-6, 1] as const;
/** So many steps are drawn, and so many are tried before one is said never to arrive. */
const SHOWN = 100;
const TRIED = 2000;
/** It has arrived where C is this share of the first. */
const ARRIVED = 0.001;
/** How many steps a second they roll. */
const PACE = 20;
/** Lines of equal loss, as shares of the first. */
const LEVELS = [1, 0.6, 0.3, 0.12, 0.03, 0.004];

/** The figure's numbers that a slider moves. */
type Setting = "stretch" | "rate" | "mu" | "adamRate";
/** From where to where, and by which steps; the rates and κ as powers of ten. */
const RANGES: Readonly<Record<Setting, readonly [from: number, to: number, step: number]>> = {
  stretch: [0, 2, 0.1],
  rate: [-3, 0, 0.05],
  mu: [0, 0.98, 0.02],
  adamRate: [-2, 0.5, 0.05],
};
const LABELS = {
  stretch: "stretchExponent",
  rate: "rateExponent",
  mu: "muLong",
  adamRate: "adamRateExponent",
} as const satisfies Record<Setting, string>;

interface Way {
  readonly name: string;
  readonly tone: Tone;
  readonly quantity: string;
  readonly path: readonly Point[];
  /** When it has arrived; undefined where it has not. */
  readonly arrived: number | undefined;
  readonly isAway: boolean;
}

export class F28Optimizers extends Figure {
  static override properties = {
    stretch: { type: Number },
    rate: { type: Number },
    mu: { type: Number },
    adamRate: { type: Number },
    from: { attribute: false },
    step: { type: Number },
    isRolling: { state: true },
  };

  static override styles = [Figure.styles, figureStyle, optimizersStyle];

  /** log₁₀ κ */
  declare stretch: number;
  /** log₁₀ η of plain descent and momentum. */
  declare rate: number;
  /** μ */
  declare mu: number;
  /** log₁₀ η of Adam. */
  declare adamRate: number;
  /** Where all three begin. */
  declare from: Point;
  /** How far they have come. */
  declare step: number;
  declare protected isRolling: boolean;
  #ways: readonly Way[] = [];
  #key = "";

  constructor() {
    super();
    [this.stretch, this.rate, this.mu, this.adamRate] = [2, -1.75, 0.8, -0.3];
    [this.from, this.step, this.isRolling] = [[-9, 1], 30, false];
    const slid = (setting: Setting) => {
      const [from, to] = RANGES[setting];
      return { ...inRange(from, to), label: () => words()[LABELS[setting]] };
    };
    keepInAddress(this, "f28", {
      ...{ stretch: slid("stretch"), rate: slid("rate"), mu: slid("mu"), adamRate: slid("adamRate") },
      from: { ...numbersIn(2, ...XS), label: () => words().start },
      step: { ...wholeIn(0, SHOWN), label: () => words().step },
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.isRolling = false;
  }

  protected override render(): TemplateResult {
    const ways = this.#computed();
    const stretch = 10 ** this.stretch;
    // As many digits as decide how many steps there are: with η = 0.018 there are fewer than with 0.01778.
    const power = (exponent: number) => inDigits(10 ** exponent, 4);
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question}
        .choices=${[words().longer, words().adds, words().knows]}
        .right=${1}
        .answer=${words().answer}
      >
        ${this.#valley(ways, stretch)}
        <div class="steps">
          <button class="main" @click=${this.#rollOrPause}>${this.isRolling ? words().pause : words().roll}</button>
          <inkling-slider
            label=${words().step}
            min="0"
            max=${SHOWN}
            step="1"
            .value=${this.step}
            .text=${inWhole}
            @slide=${({ detail }: CustomEvent<SlideDetail>) => {
              [this.step, this.isRolling] = [detail.value, false];
            }}
          ></inkling-slider>
        </div>
        <div class="side even">
          <div>
            ${this.#slider("stretch", power)}
            ${this.#slider("rate", power)}
            ${this.#slider("mu", (mu) => inDigits(mu, 2))}
            ${this.#slider("adamRate", power)}
          </div>
          <div>
            <h3>${words().needed}</h3>
            <dl class="numbers">
              ${ways.map(
                ({ name, tone, arrived, isAway }) =>
                  html`<dt class="name ${tone}">${name}</dt>
                    <dd data-way=${tone}>
                      ${
                        isAway
                          ? words().away
                          : arrived === undefined
                            ? words().never(inWhole(TRIED))
                            : words().steps(inWhole(arrived))
                      }
                    </dd>`,
              )}
            </dl>
            <p class="note">${words().limit(inDigits(2 / stretch, 2))}</p>
          </div>
        </div>
        ${this.#losses(ways, stretch)}
      </inkling-question>
    `;
  }

  #valley(ways: readonly Way[], stretch: number): TemplateResult {
    const first = bowl(this.from, stretch);
    const levels = LEVELS.flatMap((share) =>
      levelLines(share * first, stretch, XS[1]).map(
        (points): PlotLine => ({
          points,
          tone: "quiet",
          isFaint: true,
          name: words().level(inPercent(share, 1)),
          quantity: "level",
        }),
      ),
    );
    const lines = ways.map(
      ({ path, tone, quantity }): PlotLine => ({
        points: path.slice(0, this.step + 1).map(near),
        ...{ tone, quantity },
        isDashed: tone === "amount",
      }),
    );
    const balls = ways.flatMap(({ path, tone, name, quantity }): PlotMark[] => {
      const [x, y] = path[this.step] ?? this.from;
      const isSeen = Math.abs(x) <= XS[1] && Math.abs(y) <= YS[1];
      const lift = tone === "main" ? -24 : 14;
      return isSeen && this.step > 0 ? [{ x, y, tone, quantity, radius: 7, label: name, lift }] : [];
    });
    const [x, y] = this.from;
    const text = words().at(signed(x), signed(y));
    return html`<inkling-plot
      .xs=${XS}
      .ys=${YS}
      .lines=${[...levels, ...lines]}
      .marks=${balls}
      .handles=${[{ x, y, name: words().start, text, along: "both", step: 0.1 } as const]}
      .xLabel=${words().ground}
      .yLabel=${words().up}
      .label=${words().chart}
      .height=${300}
      @move=${({ detail }: CustomEvent<MoveDetail>) => {
        this.from = [detail.x, detail.y];
      }}
    ></inkling-plot>`;
  }

  #losses(ways: readonly Way[], stretch: number): TemplateResult {
    const first = bowl(this.from, stretch);
    const share = (point: Point) => {
      const exponent = Math.log10(bowl(point, stretch) / first);
      return Math.max(SHARES[0] - 1, Math.min(SHARES[1] + 1, exponent));
    };
    const lines = ways.map(({ path, tone, name, quantity }): PlotLine => {
      const points = path.slice(0, SHOWN + 1).map((point, step): Point => [step, share(point)]);
      const end = points.findIndex(([, y]) => y < SHARES[0] + 0.3);
      const shown = { points: end === -1 ? points : points.slice(0, end + 1), tone, quantity };
      return tone === "amount" ? { ...shown, isDashed: true } : { ...shown, label: name };
    });
    const now = ways.flatMap(({ path, tone, quantity }): PlotMark[] => {
      const y = share(path[this.step] ?? this.from);
      return y < SHARES[0] || y > SHARES[1] ? [] : [{ x: this.step, y, tone, quantity, radius: 5 }];
    });
    return html`<inkling-plot
      .xs=${[0, SHOWN]}
      .ys=${SHARES}
      .lines=${lines}
      .marks=${now}
      .xLabel=${words().step}
      .yLabel=${words().loss}
      .yText=${powerText}
      .label=${words().losses}
      .height=${210}
    ></inkling-plot>`;
  }

  #slider(setting: Setting, text: (value: number) => string): TemplateResult {
    const [min, max, step] = RANGES[setting];
    return html`<inkling-slider
      data-setting=${setting}
      .label=${words()[setting]}
      .name=${words()[`${setting}Long`]}
      .min=${min}
      .max=${max}
      .step=${step}
      .value=${this[setting]}
      .text=${text}
      @slide=${({ detail }: CustomEvent<SlideDetail>) => {
        this[setting] = detail.value;
      }}
    ></inkling-slider>`;
  }

  /** The ways of all three, for what is chosen now. */
  #computed(): readonly Way[] {
    const { stretch, rate, mu, adamRate, from } = this;
    const key = [stretch, rate, mu, adamRate, ...from, words().descentName].join(" ");
    if (key === this.#key) return this.#ways;
    this.#key = key;
    const learningRate = 10 ** rate;
    const way = (quantity: "descent" | "momentum" | "adam", tone: Tone, optimizer: Optimizer): Way => {
      const name = words()[`${quantity}Name`];
      const path = walk(optimizer, from, 10 ** stretch, TRIED);
      const arrived = arrival(path, 10 ** stretch, ARRIVED);
      const [first, last] = [bowl(from, 10 ** stretch), bowl(path.at(-1) ?? from, 10 ** stretch)];
      return { name, tone, quantity, path, arrived, isAway: !(last <= 10 * first) };
    };
    this.#ways = [
      way("descent", "quiet", sgd({ learningRate })),
      way("momentum", "main", momentum({ learningRate, momentum: mu })),
      way("adam", "amount", adam({ learningRate: 10 ** adamRate })),
    ];
    return this.#ways;
  }

  readonly #rollOrPause = () => {
    if (this.isRolling) {
      this.isRolling = false;
      return;
    }
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.step = SHOWN;
      return;
    }
    const first = this.step >= SHOWN ? 0 : this.step;
    const start = performance.now();
    this.isRolling = true;
    const roll = () => {
      if (!this.isRolling) return;
      this.step = Math.min(SHOWN, first + Math.floor(((performance.now() - start) / 1000) * PACE));
      if (this.step < SHOWN) requestAnimationFrame(roll);
      else this.isRolling = false;
    };
    requestAnimationFrame(roll);
  };
}

define("inkling-f28-optimizers", F28Optimizers);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f28-optimizers": F28Optimizers;
  }
}
