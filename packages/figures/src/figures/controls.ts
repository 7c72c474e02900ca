/** Controls that several figures of the book have: which digit, which neuron. */
import { html, type TemplateResult } from "lit";
import { carried, carry } from "../state/carried.ts";
import { inWhole } from "../words/messages.ts";
import { words } from "./words.ts";

/** Steps through the digits of the test set, for all figures of the page. */
export function digitControl({ digit, label }: { readonly digit: number; readonly label: number }): TemplateResult {
  const text = words().digit(inWhole(digit), label);
  return stepper(words().digitControl, text, (by) => carry({ digit: carried().digit + by }));
}

/** Steps through the hidden neurons, for all figures of the page. */
export function neuronControl(): TemplateResult {
  const { neuron } = carried();
  return stepper(words().neuronControl, words().neuron(neuron), (by) => carry({ neuron: (neuron + by + 30) % 30 }));
}

/** Two buttons with a text between them. */
export function stepper(name: string, text: string, move: (by: number) => void): TemplateResult {
  return html`<span class="stepper" role="group" aria-label=${name}>
    <button aria-label=${`${name}: ${words().before}`} @click=${() => move(-1)}>‹</button>
    <span aria-live="polite">${text}</span>
    <button aria-label=${`${name}: ${words().next}`} @click=${() => move(1)}>›</button>
  </span>`;
}
