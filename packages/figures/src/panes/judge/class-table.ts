/** How well each class is recognised, as a table. */
import type { ClassMetrics } from "inkling";
import { html, type TemplateResult } from "lit";
import { inPercent, inWhole } from "../../words/messages.ts";
import { words } from "./words.ts";

export function classTable(perClass: readonly ClassMetrics[]): TemplateResult {
  const share = (value: number) => (Number.isNaN(value) ? "–" : inPercent(value));
  const { classHead, precision, recall, examples } = words();
  return html`<h3>${words().perClass}</h3>
    <p class="help">${words().classHelp}</p>
    <table class="classes">
      <thead>
        <tr>
          ${[classHead, precision, recall, examples].map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${perClass.map(
          (one) => html`<tr>
            <th scope="row">${one.className ?? one.label}</th>
            <td>${share(one.precision)}</td>
            <td>${share(one.recall)}</td>
            <td>${inWhole(one.examples)}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
}
