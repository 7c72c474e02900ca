/**
 * The foot of a figure or a pane: what its marks mean, its numbers as tables and files, and the whole as a picture. All
 * are made of what is drawn, when a reader opens them. It also says one sentence to a screen reader after the reader
 * has done something: politely, not more often than every two seconds, and not while the figure still computes.
 *
 *   <inkling-about .texts=${words()} .summary=${"The loss is 0.31."}></inkling-about>
 */
import { css, html, nothing, type TemplateResult } from "lit";
import { define, Figure } from "./figure.ts";
import type { sentenceOf, tablesIn } from "./numbers.ts";
import { words } from "./words.ts";

/** The pause between two sentences, in milliseconds. */
const PAUSE = 2000;
/** What is open is made again, and a sentence is said, this long after a change: one change rarely comes alone. */
const SOON = 400;
const ACTS = ["pointerdown", "keydown", "input"] as const;

type Foot = "key" | "numbers" | "picture";

/** What is loaded when it is asked for. */
interface Made {
  readonly tablesIn: typeof tablesIn;
  readonly sentenceOf: typeof sentenceOf;
}

let made: Made | undefined;

export class InklingAbout extends Figure {
  static override properties = {
    of: { attribute: false },
    texts: { attribute: false },
    summary: { attribute: false },
    opened: { state: true },
    said: { state: true },
    isHeard: { state: true },
  };

  static override styles = [
    Figure.styles,
    css`
      .foot {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1.5em;
        margin-top: 0.5em;
      }
      .foot button {
        padding: 0;
        border: 0;
        background: none;
        color: var(--quiet);
        font-size: 0.9em;
      }
      .foot button:hover {
        color: var(--text);
      }
      .foot button::before {
        content: "▸";
        display: inline-block;
        width: 1.1em;
        text-align: start;
      }
      .foot button[aria-expanded="true"]::before {
        content: "▾";
      }
      .panel {
        margin-top: 0.25em;
        padding: 0.75em 1em;
        border-radius: 8px;
        background: var(--panel);
        font-size: 0.9em;
      }
      @media print {
        .foot,
        .panel {
          display: none;
        }
      }
    `,
  ];

  /** What it is about: the elements below this one; all of the figure that it stands in if it is not said. */
  declare of: ParentNode | undefined;
  /** The figure's messages: `tangentMeans` explains the marks of the quantity "tangent". */
  declare texts: Readonly<Record<string, unknown>>;
  /** What is to be said now; if it is not said, the numbers beside the charts. */
  declare summary: string | undefined;
  declare protected opened: Foot | undefined;
  declare protected said: string;
  /** Whether the reader has done something: what a page begins with is read, not said. */
  declare protected isHeard: boolean;
  #figure: Element | undefined;
  #spoken = Number.NEGATIVE_INFINITY;
  #again: ReturnType<typeof setTimeout> | undefined;
  #next: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.texts = {};
    this.said = "";
    this.isHeard = false;
  }

  get #root(): ParentNode {
    return this.of ?? (this.getRootNode() as ShadowRoot);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { host } = this.getRootNode() as ShadowRoot;
    // The foot of a figure that asks first stands in its question.
    const figure = host?.localName === "inkling-question" ? (host.getRootNode() as ShadowRoot).host : host;
    this.#figure = figure;
    figure?.addEventListener("drawn", this.#onDrawn);
    for (const act of ACTS) figure?.addEventListener(act, this.#onAct);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#figure?.removeEventListener("drawn", this.#onDrawn);
    for (const act of ACTS) this.#figure?.removeEventListener(act, this.#onAct);
    clearTimeout(this.#again);
    clearTimeout(this.#next);
    this.#again = this.#next = undefined;
  }

  protected override render(): TemplateResult {
    return html`
      <div class="foot">${this.#toggle("key", words().key)}${this.#toggle("numbers", words().numbers)}${this.#toggle("picture", words().picture)}</div>
      ${this.opened === undefined || made === undefined ? nothing : html`<div class="panel">${this.#panel(made)}</div>`}
      <p class="visually-hidden" role="status" aria-live=${this.isHeard ? "polite" : "off"}>${this.said}</p>
    `;
  }

  #toggle(name: Foot, text: string): TemplateResult {
    const isOpen = this.opened === name;
    return html`<button aria-expanded=${isOpen} @click=${() => void this.#open(isOpen ? undefined : name)}>${text}</button>`;
  }

  #panel({ tablesIn }: Made): TemplateResult | TemplateResult[] {
    if (this.opened === "key") return html`<inkling-key .root=${this.#root} .texts=${this.texts}></inkling-key>`;
    if (this.opened === "picture") return html`<inkling-save-picture .figure=${this.#figure}></inkling-save-picture>`;
    const name = this.#figure?.localName.replace("inkling-", "");
    const tables = tablesIn(this.#root, this.texts);
    if (tables.length === 0) return html`${words().noNumbers}`;
    return tables.map(
      ({ label, columns }, i) =>
        html`<inkling-numbers-table .label=${label} .columns=${columns} name="${name}-${i + 1}"></inkling-numbers-table>`,
    );
  }

  async #open(what: Foot | undefined): Promise<void> {
    if (what === "picture") await import("../saving/save-picture.ts");
    if (what !== undefined) await Promise.all([load(), import("./numbers-table.ts"), import("./key.ts")]);
    this.opened = what;
  }

  /** What is open follows the figure. */
  readonly #onDrawn = (event: Event) => {
    if (event.composedPath().includes(this)) return;
    if (this.opened !== undefined) this.#again ??= setTimeout(this.#refresh, SOON);
    if (this.isHeard) this.#speakLater();
  };

  readonly #refresh = () => {
    this.#again = undefined;
    this.requestUpdate();
    this.renderRoot.querySelector("inkling-key")?.requestUpdate();
  };

  readonly #onAct = () => {
    this.isHeard = true;
    this.#speakLater();
  };

  #speakLater(): void {
    if (!this.isConnected) return;
    this.#next ??= setTimeout(this.#speak, Math.max(SOON, this.#spoken + PAUSE - performance.now()));
  }

  readonly #speak = () => {
    if (made === undefined) {
      // Until it has come nothing else is asked to speak.
      load().then(this.#speak, () => {
        this.#next = undefined;
      });
      return;
    }
    this.#next = undefined;
    if (!this.isConnected) return;
    // It speaks when the work has ended, not while it goes on.
    if (this.#figure?.ariaBusy === "true") {
      this.#speakLater();
      return;
    }
    const sentence = this.summary ?? made.sentenceOf(this.#root) ?? "";
    if (sentence === this.said) return;
    this.#spoken = performance.now();
    this.said = sentence;
  };
}

async function load(): Promise<void> {
  made = await import("./numbers.ts");
}

define("inkling-about", InklingAbout);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-about": InklingAbout;
  }
}
