/** What stands beside the curves: the numbers of now, and what the doctor has found. */
import { html, nothing, type TemplateResult } from "lit";
import type { View } from "../../session/protocol.ts";
import { inDigits, inPercent, inWhole } from "../../words/messages.ts";
import { byHeart, standingOf } from "./said.ts";
import { words } from "./words.ts";

export function numbersOf(view: View): TemplateResult {
  const { perSecond, epochsDone, backend, step, steps, epoch, task } = view;
  const last = epochsDone.at(-1);
  const { loss: lossOf, accuracy: rightOf } = standingOf(view);
  const item = (title: string, value: string | undefined, remark: string) => html`<div>
    <dt>${title}</dt>
    <dd><div class="large">${value ?? words().none}</div><div class="quiet">${remark}</div></dd>
  </div>`;
  const { lossNow, trainAccuracy, testAccuracy, testLoss, speed, ofEpoch, ofWhole, afterEpoch, notYet } = words();
  const tested = last ? afterEpoch(inWhole(last.epoch)) : notYet;
  const ofWhat = step === steps && step > 0 ? ofWhole(inWhole(epoch)) : ofEpoch;
  return html`<section>
    <h3>${words().numbers}</h3>
    <dl>
      ${item(lossNow, lossOf === undefined ? undefined : inDigits(lossOf), ofWhat)}
      ${
        task === "classes"
          ? html`${item(trainAccuracy, rightOf === undefined ? undefined : inPercent(rightOf), ofWhat)}
            ${item(testAccuracy, last && inPercent(last.testAccuracy), tested)}`
          : item(testLoss, last && inDigits(last.testLoss), tested)
      }
      ${item(speed, perSecond === undefined ? undefined : inWhole(Number(perSecond.toPrecision(3))), threadsOf(backend))}
    </dl>
  </section>`;
}

export function findingsOf(view: View): TemplateResult {
  const own = byHeart(view);
  const { findings } = view;
  return html`<section>
    <h3>${words().doctor}</h3>
    ${findings.map(
      ({ sentence, equation }) => html`<div class="finding"><p>${sentence}</p><code>${equation}</code></div>`,
    )}
    ${own === undefined ? nothing : html`<div class="finding"><p>${own}</p></div>`}
    ${findings.length === 0 && own === undefined ? html`<p class="quiet">${nothingFound(view)}</p>` : nothing}
  </section>`;
}

function nothingFound({ divergence, total }: View): string {
  if (divergence !== undefined) return words().seeAbove;
  return total === 0 ? words().notBegun : words().healthy;
}

/** "wasm backend, float32, 2 threads: …" as "2 threads". */
function threadsOf(reason: string | undefined): string {
  const [found, count] = /(\d+) threads|one thread/.exec(reason ?? "") ?? [];
  return found === undefined ? "" : count === undefined ? words().oneThread : words().threads(inWhole(Number(count)));
}
