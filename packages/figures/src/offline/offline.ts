/**
 * A button that saves the whole site for offline use, with its size said before, and takes it away again.
 *
 *   <inkling-offline></inkling-offline>
 */
import { css, html, type TemplateResult } from "lit";
import { define, Figure } from "../parts/figure.ts";
import { inDigits, inWhole } from "../words/messages.ts";
import { canKeep, findCopy, keepCopy, removeCopy, type SiteCopy } from "./site-copy.ts";
import { words } from "./words.ts";

export class InklingOffline extends Figure {
  static override properties = {
    copy: { state: true },
    bytes: { state: true },
    problem: { state: true },
  };

  static override styles = [
    Figure.styles,
    css`
      p {
        margin: 0.5em 0 0;
        color: var(--quiet);
      }
      progress {
        width: 100%;
        max-width: 24em;
        height: 0.6em;
        accent-color: var(--text);
      }
      .problem {
        color: var(--text);
      }
    `,
  ];

  declare copy: SiteCopy | undefined;
  /** How many bytes have been saved; undefined while nothing is saved. */
  declare bytes: number | undefined;
  declare problem: string;
  #saving: AbortController | undefined;

  constructor() {
    super();
    this.problem = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#look();
  }

  async #look(): Promise<void> {
    if (!canKeep()) return;
    this.copy = await findCopy().catch(() => {
      this.problem = words().nothing;
      return undefined;
    });
  }

  async #save(): Promise<void> {
    this.#saving = new AbortController();
    const { signal } = this.#saving;
    this.problem = "";
    this.bytes = 0;
    try {
      await keepCopy(
        (bytes) => {
          this.bytes = bytes;
        },
        { signal },
      );
    } catch (error) {
      if (!signal.aborted) this.problem = (error as Error).message;
    }
    this.bytes = undefined;
    await this.#look();
  }

  async #remove(): Promise<void> {
    await removeCopy();
    await this.#look();
  }

  override render(): TemplateResult {
    return html`${this.#controls()}
      <p class="problem" role="status">${canKeep() ? this.problem : words().impossible}</p>`;
  }

  #controls(): TemplateResult | undefined {
    const { copy, bytes } = this;
    if (copy === undefined) return undefined;
    const size = megabytes(copy.bytes);
    if (bytes !== undefined) {
      return html`<label>${words().saving(megabytes(bytes), size)}
          <progress max=${copy.bytes} value=${bytes}></progress></label>
        <button @click=${() => this.#saving?.abort()}>${words().stop}</button>`;
    }
    if (copy.isKept) {
      return html`<button @click=${() => this.#remove()}>${words().remove}</button><p>${words().saved(size)}</p>`;
    }
    return html`<button class="main" @click=${() => this.#save()}>${words().save(size)}</button>
      <p>${words().about(inWhole(copy.files))}</p>`;
  }
}

function megabytes(bytes: number): string {
  return words().megabytes(inDigits(bytes / 1e6));
}

define("inkling-offline", InklingOffline);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-offline": InklingOffline;
  }
}
