/**
 * The frame of a figure that asks first: a question, a guess by the reader, the figure, and one sentence of answer. The
 * guess is one of some choices, or a line that is drawn in the figure; whoever wants none can have the answer at once.
 * On paper the answer stands below. It tells by the event `guess`. At its foot (about.ts) are the key and the numbers.
 *
 *   <inkling-question .question=${…} .choices=${[…]} .right=${1} .answer=${…}>…the figure…</inkling-question>
 */
import { css, html, nothing, type TemplateResult } from "lit";
import "./about.ts";
import { define, Figure } from "./figure.ts";
import { words } from "./words.ts";

/** The event `guess`: what the reader has chosen; of a drawn guess, nothing. */
export interface GuessDetail {
  readonly choice: number | undefined;
}

export class InklingQuestion extends Figure {
  static override properties = {
    question: { attribute: false },
    choices: { attribute: false },
    right: { attribute: false },
    answer: { attribute: false },
    drawing: { attribute: false },
    texts: { attribute: false },
    summary: { attribute: false },
    chosen: { state: true },
    isOpen: { state: true },
  };

  static override styles = [
    Figure.styles,
    css`
      .ask {
        margin: 0 0 0.6em;
        font-weight: 650;
        text-wrap: balance;
      }
      .task {
        display: block;
        margin-top: 0.25em;
        color: var(--quiet);
        font-weight: 400;
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5em;
        align-items: center;
        margin-bottom: 1em;
      }
      .choices button {
        max-width: 100%;
        text-align: start;
      }
      .choices button.right {
        border: 2px solid var(--text);
      }
      .hint {
        color: var(--quiet);
        font-size: 0.9em;
      }
      .plain {
        padding: 0 0.25em;
        border-color: transparent;
        background: none;
        color: var(--quiet);
        text-decoration: underline;
        text-underline-offset: 0.2em;
      }
      .answer {
        margin: 1em 0 0;
        padding: 0.7em 1em;
        border-inline-start: 3px solid var(--text);
        background: var(--panel);
        border-radius: 0 8px 8px 0;
      }
      .closed {
        display: none;
      }
      /* What tells the answer (.reveals of style.ts) waits for the guess. */
      slot.asked {
        --until-guess: hidden;
      }
      @media print {
        slot.asked {
          --until-guess: visible;
          --guess-first: none !important;
        }
        .closed {
          display: block;
        }
        .choices {
          display: none;
        }
        .ask {
          break-after: avoid;
        }
        .answer {
          break-inside: avoid;
        }
      }
    `,
  ];

  declare question: unknown;
  declare choices: readonly string[];
  /** Which choice is right. */
  declare right: number | undefined;
  declare answer: unknown;
  /** A guess that is drawn: whether a line is there already; undefined where the guess is one of the choices. */
  declare drawing: boolean | undefined;
  /** The figure's messages, with those that explain its marks: `tangentMeans` is what "tangent" is. */
  declare texts: Readonly<Record<string, unknown>>;
  /** One sentence on what is to be seen now; if it is not said, the numbers beside the charts. */
  declare summary: string | undefined;
  declare protected chosen: number | undefined;
  declare protected isOpen: boolean;

  constructor() {
    super();
    this.choices = [];
    this.texts = {};
    this.isOpen = false;
  }

  protected override render(): TemplateResult {
    return html`
      <p class="ask" id="ask">${this.question}</p>
      <div class="choices" role="group" aria-labelledby="ask">${this.#guesses()}</div>
      <slot
        class=${this.isOpen ? nothing : "asked"}
        style=${this.isOpen ? nothing : `--guess-first: ${JSON.stringify(words().guessFirst)}`}
      ></slot>
      <div aria-live="polite">
        <p class="answer ${this.isOpen ? "" : "closed"}">${this.#verdict()}${this.answer}</p>
      </div>
      <inkling-about .of=${this} .texts=${this.texts} .summary=${this.#told()}></inkling-about>
    `;
  }

  /** What is covered is not told either. */
  #told(): string | undefined {
    return this.isOpen || this.querySelector(".reveals") === null ? this.summary : undefined;
  }

  #guesses(): unknown {
    const { choices, chosen, isOpen, right, drawing } = this;
    const skip = isOpen ? nothing : html`<button class="plain" @click=${() => this.#open()}>${words().skip}</button>`;
    if (drawing !== undefined) {
      const draw = html`<span class="hint">${words().drawHere}</span>
        <button ?disabled=${!drawing} @click=${() => this.#open()}>${words().compare}</button>`;
      const again = html`<button @click=${() => this.#again()}>${words().again}</button>`;
      return [isOpen ? again : draw, skip];
    }
    const buttons = choices.map(
      (choice, i) =>
        html`<button
          aria-pressed=${i === chosen}
          class=${isOpen && i === right ? "right" : nothing}
          @click=${() => this.#open(i)}
        >
          ${isOpen && i === right ? "✓ " : isOpen && i === chosen ? "✗ " : nothing}${choice}
        </button>`,
    );
    return [buttons, skip];
  }

  #verdict(): unknown {
    if (this.chosen === undefined || !this.isOpen) return nothing;
    return html`<strong>${this.chosen === this.right ? words().right : words().wrong}</strong> `;
  }

  #open(choice?: number): void {
    this.isOpen = true;
    this.chosen = choice;
    this.#tell({ choice });
  }

  #again(): void {
    this.isOpen = false;
    this.dispatchEvent(new CustomEvent("again", { bubbles: true, composed: true }));
  }

  #tell(detail: GuessDetail): void {
    this.dispatchEvent(new CustomEvent("guess", { detail, bubbles: true, composed: true }));
  }
}

define("inkling-question", InklingQuestion);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-question": InklingQuestion;
  }
}
