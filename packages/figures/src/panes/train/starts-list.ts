/** What one can start from, as buttons: the one that is chosen says what it is. */
import { html, nothing, type TemplateResult } from "lit";
import { addressOf } from "../../data/book.ts";
import { commandOf, type Experiment } from "../../state/experiment.ts";
import { failing, learning, type Start } from "./starts.ts";
import { words } from "./words.ts";

export function startsFor(experiment: Experiment, begin: (experiment: Experiment) => void): TemplateResult {
  const command = commandOf(experiment);
  const chosen = [...learning, ...failing].find((start) => commandOf(start.experiment) === command);
  const chips = (title: string, starts: readonly Start[]) => html`<div>
    <h3 id=${starts === failing ? "fail" : "learn"}>${title}</h3>
    <div class="chips" role="group" aria-label=${title}>
      ${starts.map((start) => {
        const isChosen = start === chosen;
        return html`<button aria-pressed=${isChosen} title=${words()[`${start.name}What`]} @click=${() => begin(start.experiment)}>
          ${words()[start.name]}
        </button>`;
      })}
    </div>
  </div>`;
  return html`<div class="starts">
    ${chips(words().learnTitle, learning)} ${chips(words().failTitle, failing)}
    <p class="quiet">${chosen === undefined ? nothing : words()[`${chosen.name}What`]} ${moreOn(chosen)}</p>
  </div>`;
}

/** What the book says of it, where there is a book. */
function moreOn(start: Start | undefined): TemplateResult | typeof nothing {
  const address = start?.name === "original" ? addressOf("original") : undefined;
  return address === undefined ? nothing : html`<a href=${address}>${words().originalWhy}</a>`;
}
