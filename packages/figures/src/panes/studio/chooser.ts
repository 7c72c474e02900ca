/** What stands above the panes: which network they look at, and what is said of the address. */
import { html, nothing, type TemplateResult } from "lit";
import { inWhole } from "../../words/messages.ts";
import type { Source } from "./material.ts";
import { words } from "./words.ts";

export interface Choice {
  /** Of the pane: two of them may be in the page. */
  readonly pane: string;
  readonly sources: readonly Source[];
  readonly chosen: Source;
  /** Steps that the training has done. */
  readonly total: number;
  choose(source: Source): void;
}

export function networkChooser({ pane, sources, chosen, total, choose }: Choice): TemplateResult {
  const texts: Readonly<Record<Source, string>> = {
    training: total > 0 ? words().ofTraining(inWhole(total)) : words().untrained,
    book: words().ofBook,
    file: words().ofFile,
  };
  const change = (event: Event) => choose((event.currentTarget as HTMLSelectElement).value as Source);
  return html`<label class="network">
    ${words().network}
    <select name="network-${pane}" @change=${change}>
      ${sources.map((source) => html`<option value=${source} ?selected=${source === chosen}>${texts[source]}</option>`)}
    </select>
  </label>`;
}

export function noticesOf(notices: readonly string[], dismiss: () => void): TemplateResult | typeof nothing {
  if (notices.length === 0) return nothing;
  return html`<div class="notices" role="status">
    <ul>
      ${notices.map((notice) => html`<li>${notice}</li>`)}
    </ul>
    <button @click=${dismiss}>${words().dismiss}</button>
  </div>`;
}
