/** What a training learns from, where that is one's own data: said in place of what one can start from. */
import { html, nothing, type TemplateResult } from "lit";
import type { OwnData } from "../../state/own-data.ts";
import { inWhole } from "../../words/messages.ts";
import { words } from "./words.ts";

/** `leave`: back to MNIST; undefined where that cannot be chosen. */
export function learnsFrom({ name, train, test, isAdded }: OwnData, leave: (() => void) | undefined): TemplateResult {
  const counts = [inWhole(train.count), test === undefined ? undefined : inWhole(test.count)] as const;
  return html`<section class="data">
    <h3>${words().learnsFrom}</h3>
    <p>
      <strong>${name}</strong>:
      ${isAdded ? words().besidesMnist(counts[0]) : words().ownExamples(counts[0], train.shape.map(inWhole).join(" × "))}
      ${counts[1] === undefined ? words().testedOnMnist : words().testedOn(counts[1])}
    </p>
    <p class="quiet">${words().notInAddress}</p>
    ${leave === undefined ? nothing : html`<button class="leave" @click=${leave}>${words().backToMnist}</button>`}
  </section>`;
}
