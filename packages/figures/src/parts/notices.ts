/**
 * A box at the foot of the window, for what a page has to say of its address: which value could not be taken, and what
 * it is instead. It stays until the reader closes it.
 */
import { css, html, type TemplateResult } from "lit";
import type { Expected, Refused } from "../state/notices.ts";
import { words as ofAddress } from "../state/words.ts";
import { inDigits, inWhole } from "../words/messages.ts";
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
  const { key, label, got, instead, expected } = refused;
  const name = label.replace(/^[a-z](?=[a-z])/, (letter) => letter.toUpperCase());
  return ofAddress().refused(name, key, expectedText(expected), cut(got), insteadText(instead));
}

/** A text of an address as people write it: a number shortened, nothing where it is as at first. */
function insteadText(text: string): string {
  if (text === "") return ofAddress().usual;
  const value = Number(text);
  return Number.isNaN(value) ? text : Number.isInteger(value) ? whole(value) : inDigits(value);
}

function whole(value: number): string {
  return inWhole(value).replace("-", "−");
}

function expectedText(expected: Expected): string {
  if (typeof expected === "string") return expected;
  if ("names" in expected) return ofAddress().oneExpected(expected.names.join(", "));
  if ("some" in expected) return ofAddress().someExpected(expected.some.join(", "));
  if ("orderOf" in expected) return ofAddress().orderExpected(inWhole(expected.orderOf - 1));
  if ("count" in expected) {
    const { count, from, to } = expected;
    return ofAddress().numbersExpected(inWhole(count), inDigits(from), inDigits(to));
  }
  const { from, to, isWhole } = expected;
  return isWhole
    ? ofAddress().wholeExpected(whole(from), whole(to))
    : ofAddress().numberExpected(inDigits(from), inDigits(to));
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text || "nothing";
}
