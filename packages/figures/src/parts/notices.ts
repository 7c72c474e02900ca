/**
 * A box at the foot of the window, for what a page has to say of its address: which value could not be taken, and what
 * it is instead. It stays until the reader closes it.
 */
import { css, html, type TemplateResult } from "lit";
import type { Refused } from "../state/notices.ts";
import { words as ofAddress } from "../state/words.ts";
import { inWhole } from "../words/messages.ts";
import { define, Figure } from "./figure.ts";
import { words } from "./words.ts";

/** A value that somebody wrote is cut for the sentence. */
const LONGEST = 40;

export class InklingNotices extends Figure {
  static override properties = { notices: { attribute: false } };

  static override styles = [
    Figure.styles,
    css`
      :host {
        position: fixed;
        z-index: 50;
        inset: auto 1rem 1rem;
        max-width: 40rem;
        margin-inline: auto;
      }
      .box {
        display: flex;
        gap: 1em;
        align-items: start;
        justify-content: space-between;
        padding: 0.8em 1em;
        border: 1px solid var(--quiet);
        border-radius: 8px;
        background: var(--panel);
        box-shadow: 0 4px 18px rgb(0 0 0 / 25%);
        font: 0.95rem/1.5 system-ui, sans-serif;
      }
      button {
        flex: none;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
        overflow-wrap: anywhere;
      }
      @media print {
        :host {
          display: none;
        }
      }
    `,
  ];

  declare notices: readonly string[];

  constructor() {
    super();
    this.notices = [];
  }

  protected override render(): TemplateResult {
    return html`<div class="box" role="status">
      <ul>
        ${this.notices.map((notice) => html`<li>${notice}</li>`)}
      </ul>
      <button @click=${() => this.remove()}>${words().close}</button>
    </div>`;
  }
}

define("inkling-notices", InklingNotices);

/** Says it in the page's box; the same sentence once. */
export function showRefused(refused: Refused): void {
  const sentence = sentenceOf(refused);
  let box = document.querySelector<InklingNotices>("inkling-notices");
  if (box === null) {
    box = document.createElement("inkling-notices") as InklingNotices;
    document.body.append(box);
  }
  if (!box.notices.includes(sentence)) box.notices = [...box.notices, sentence];
}

function sentenceOf(refused: Refused): string {
  if ("version" in refused) return ofAddress().newer(cut(refused.version));
  const { key, got, instead, most, expected } = refused;
  const could = expected ?? ofAddress().wholeExpected(inWhole(most ?? 0));
  return ofAddress().refused(key, could, cut(got), inWhole(instead));
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text || "nothing";
}
