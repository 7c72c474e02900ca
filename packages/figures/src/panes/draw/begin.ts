/**
 * The first thing that a visitor does: draw a digit, and see at each stroke what the book's network makes of it. It is
 * the pane in which one draws, without all that explains it.
 */
import type { Network } from "inkling";
import { css, html, type TemplateResult } from "lit";
import { bookModel } from "../../data/book-model.ts";
import "../../parts/bars.ts";
import { define, Figure } from "../../parts/figure.ts";
import type { InklingPad } from "../../parts/pad.ts";
import "../../parts/pad.ts";
import { inProbability } from "../../words/messages.ts";
import { words } from "./begin.words.ts";
import { Reader } from "./reader.ts";
import { readPicture, sideOf } from "./reading.ts";

const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));

export class InklingBegin extends Figure {
  static override properties = {
    model: { attribute: false },
    probabilities: { state: true },
    problem: { state: true },
  };

  static override styles = [
    Figure.styles,
    css`
      :host {
        container-type: inline-size;
      }
      .both {
        display: grid;
        grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
        gap: 1.5rem;
        align-items: start;
      }
      @container (max-width: 30rem) {
        .both {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      .says {
        min-height: 3em;
        margin: 0 0 0.5rem;
        font-size: 1.15em;
        line-height: 1.4;
      }
    `,
  ];

  /** Another network than the book's. */
  declare model: Network | undefined;
  declare private probabilities: Float32Array | undefined;
  declare private problem: string | undefined;

  readonly #reader = new Reader<Float32Array | undefined>(
    () => this.#read(),
    (probabilities) => {
      this.probabilities = probabilities;
    },
  );

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  async #load(): Promise<void> {
    try {
      this.model ??= await bookModel();
      this.#reader.ask();
    } catch (error) {
      this.problem = (error as Error).message;
    }
  }

  #read(): Promise<Float32Array | undefined> | undefined {
    const [{ model }, pad] = [this, this.renderRoot.querySelector<InklingPad>("inkling-pad")];
    const side = model === undefined ? undefined : sideOf(model);
    const picture = pad?.picture;
    if (model === undefined || side === undefined || picture === undefined) return undefined;
    return readPicture(model, picture, side).then(({ digits }) => digits[0]?.prediction.probabilities);
  }

  protected override render(): TemplateResult {
    const values = this.probabilities ?? new Float32Array(10);
    return html`
      <div class="both">
        <inkling-pad label=${words().draw} @ink=${() => this.#reader.ask()}></inkling-pad>
        <div>
          <p class="says" role="status">${this.#says()}</p>
          <inkling-bars
            .values=${values}
            .names=${DIGITS}
            .bound=${1}
            .text=${(share: number) => (this.probabilities === undefined ? "–" : inProbability(share, 1))}
            scale="amount"
            label=${words().answers}
          ></inkling-bars>
        </div>
      </div>
    `;
  }

  #says(): string {
    if (this.problem !== undefined) return this.problem;
    const { probabilities } = this;
    if (probabilities === undefined) return words().before;
    const best = probabilities.indexOf(Math.max(...probabilities));
    return words().says(DIGITS[best] as string, inProbability(probabilities[best] as number, 1));
  }
}

define("inkling-begin", InklingBegin);
