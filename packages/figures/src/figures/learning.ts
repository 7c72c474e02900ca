/**
 * What the figures of training share. They train small networks in the page, on the 1,000 test digits that it has
 * anyway, so that nobody waits for a download: usually 800 to learn from, 200 to judge by. A training comes step by
 * step, and gives the page its turn between; a newer one ends an older one. Where nobody sees the figure, it waits.
 */
import {
  type Augmentation,
  type Dataset,
  DivergenceError,
  dense,
  flatten,
  type Network,
  network,
  sgd,
  train,
} from "inkling";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { openDigits } from "../data/digits.ts";
import { Figure } from "../parts/figure.ts";
import { Sight } from "../parts/sight.ts";
import { overflowingLayer } from "../session/overflow.ts";
import { inWhole } from "../words/messages.ts";
import { words } from "./learning.words.ts";
import { figureStyle } from "./style.ts";
import { turn } from "./turn.ts";

const DIGITS = 1000;
/** The share of the digits that is learnt from, unless a figure says another. */
const SHARE = 0.8;

/** Where a training's numbers grew beyond all bounds: its step, and the first layer with such a number. */
export interface Divergence {
  readonly epoch: number;
  readonly step: number;
  readonly layer: string | undefined;
}

/** What a figure offers where its training diverged. */
export interface Remedy {
  readonly text: string;
  readonly act: () => void;
}

/** Digits to learn from and digits to judge by. */
export interface Halves {
  readonly learn: Dataset;
  readonly judge: Dataset;
}

export abstract class LearningFigure extends Figure {
  static override properties = {
    digits: { attribute: false },
    halves: { state: true },
    failure: { state: true },
    isBusy: { state: true },
    divergence: { state: true },
  };

  static override styles = [
    Figure.styles,
    figureStyle,
    css`
      .pair {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 9.5em), 1fr));
        gap: 1rem 1.5rem;
      }
      h3 {
        margin-top: 1em;
      }
      .alert {
        margin: 1em 0 0;
        padding: 0.7em 1em;
        border: 1px solid var(--negative);
        border-radius: 8px;
      }
      .alert p {
        margin: 0 0 0.5em;
      }
    `,
  ];

  /** The digits to learn from and judge by; the site's first 1,000 test digits if they are not given. */
  declare digits: Dataset | undefined;
  declare protected halves: Halves | undefined;
  declare protected failure: string | undefined;
  /** Whether it computes. */
  declare protected isBusy: boolean;
  readonly #sight = new Sight(this);
  /** Where the training diverged; the last one, where there are several. */
  declare protected divergence: Divergence | undefined;
  #asked = 0;

  constructor() {
    super();
    this.isBusy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#asked++;
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (this.hasUpdated && changed.has("digits")) void this.#load();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    // Who draws its picture waits until it is whole.
    this.ariaBusy = this.isBusy ? "true" : null;
  }

  async #load(): Promise<void> {
    try {
      const digits = this.digits ?? (await openDigits().test(DIGITS));
      this.halves = halvesOf(digits, this.share);
      this.again();
    } catch (error) {
      this.failure = (error as Error).message;
    }
  }

  /** Of how many of the digits it may learn; it is judged by the others. */
  protected get share(): number {
    return SHARE;
  }

  /** What is computed. It asks `isWanted` between two steps, and ends where it is not. */
  protected abstract compute(halves: Halves, isWanted: () => boolean): Promise<void>;

  /** Computes anew, with what the reader has chosen now. */
  protected again(): void {
    const { halves } = this;
    if (halves === undefined) return;
    const asked = ++this.#asked;
    const isWanted = () => asked === this.#asked;
    this.isBusy = true;
    this.divergence = undefined;
    this.compute(halves, isWanted)
      .catch((error) => {
        if (isWanted()) this.failure = (error as Error).message;
      })
      .finally(() => {
        if (isWanted()) this.isBusy = false;
      });
  }

  /** Trains as `follow` does, as long as the figure is seen; where it diverges the figure says so. */
  protected async follow(...[model, data, steps, each]: Parameters<typeof follow>): ReturnType<typeof follow> {
    const seen: typeof each = async (loss, epochEnded) => {
      await this.#sight.near();
      return each(loss, epochEnded);
    };
    return follow(model, data, steps, seen, (divergence) => {
      this.divergence = divergence;
    });
  }

  /** Gives the page its turn, and goes on when the figure is seen. */
  protected async turn(): Promise<void> {
    await turn();
    await this.#sight.near();
  }

  protected override render(): TemplateResult {
    if (this.failure !== undefined) return html`<slot></slot><p role="alert">${this.failure}</p>`;
    if (this.halves === undefined) return html`<slot></slot>`;
    return html`${this.draw(this.halves)}${this.#alert()}`;
  }

  /** What the reader can do where it diverged: by itself, train again. */
  protected get remedy(): Remedy {
    return { text: words().again, act: () => this.again() };
  }

  #alert(): TemplateResult | typeof nothing {
    if (this.divergence === undefined) return nothing;
    const { epoch, step, layer } = this.divergence;
    const { text, act } = this.remedy;
    const [e, s] = [inWhole(epoch), inWhole(step)];
    return html`<div class="alert" role="alert">
      <p>${layer === undefined ? words().divergedLoss(e, s) : words().diverged(e, s, layer)}</p>
      <button @click=${act}>${text}</button>
    </div>`;
  }

  protected abstract draw(halves: Halves): TemplateResult;
}

export function halvesOf(digits: Dataset, share = SHARE): Halves {
  const middle = Math.round(share * digits.count);
  const rest = Array.from({ length: digits.count - middle }, (_, i) => middle + i);
  return { learn: digits.take(middle), judge: digits.pick(rest) };
}

/** The book's network, as its seed makes it. */
export function fresh(seed = 1, hidden = 30): Network<"classes"> {
  return network([28, 28, 1], [flatten(), dense(hidden, "sigmoid"), dense(10)], { seed });
}

export interface Steps {
  readonly epochs: number;
  readonly batchSize: number | "full";
  readonly learningRate: number;
  readonly weightDecay?: number;
  /** How images are changed, anew in every epoch. */
  readonly augmentation?: Augmentation | undefined;
}

/**
 * The loss of each step, before its update, as it comes; and after each epoch. Ends where it is not wanted, and where
 * its numbers are no longer finite, which `diverged` is told.
 */
export async function follow(
  model: Network<"classes">,
  data: Dataset,
  { epochs, batchSize, learningRate, weightDecay = 0, augmentation }: Steps,
  each: (loss: number, epochEnded: boolean) => boolean | Promise<boolean>,
  diverged?: (divergence: Divergence) => void,
): Promise<"ended" | "left" | "diverged"> {
  const optimizer = sgd({ learningRate, weightDecay });
  let [sum, count] = [0, 0];
  try {
    for await (const { loss, examples, epochEnded } of train(model, data, {
      epochs,
      batchSize,
      optimizer,
      augmentation,
      every: "step",
    })) {
      // A progress has the mean over the epoch so far.
      if (examples < count) [sum, count] = [0, 0];
      const own = (loss * examples - sum) / (examples - count);
      [sum, count] = [loss * examples, examples];
      if (epochEnded) [sum, count] = [0, 0];
      if (!(await each(own, epochEnded))) return "left";
    }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    const { epoch, step } = error;
    diverged?.({ epoch, step, layer: await overflowingLayer(model, data) });
    return "diverged";
  }
  return "ended";
}
