/**
 * What each epoch came to, as a table: the numbers of the curves for those who cannot see them, and for a spreadsheet.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { EpochPoint, View } from "../../session/protocol.ts";
import { inDigits, inPercent, inWhole } from "../../words/messages.ts";
import { words } from "./words.ts";

export function epochsTable(points: readonly EpochPoint[], task: View["task"]): TemplateResult {
  if (points.length === 0) return html`<p class="quiet">${words().noEpochs}</p>`;
  const isOfClasses = task === "classes";
  const hasValidation = points.some(({ validationAccuracy }) => validationAccuracy !== undefined);
  const { tableEpoch, tableLoss, tableTestLoss, tableAccuracy, tableTest, tableValidation } = words();
  const titles = [tableEpoch, tableLoss, tableTestLoss, ...(isOfClasses ? [tableAccuracy, tableTest] : [])];
  const share = (value: number | undefined) => (value === undefined ? "" : inPercent(value));
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${words().table}>
      <table>
        <thead>
          <tr>
            ${[...titles, ...(hasValidation ? [tableValidation] : [])].map((title) => html`<th scope="col">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${points.map(
            ({ epoch, loss, testLoss, accuracy, testAccuracy, validationAccuracy }) => html`<tr>
              <th scope="row">${inWhole(epoch)}</th>
              <td>${inDigits(loss, 4)}</td>
              <td>${inDigits(testLoss, 4)}</td>
              ${isOfClasses ? html`<td>${share(accuracy)}</td><td>${share(testAccuracy)}</td>` : nothing}
              ${hasValidation ? html`<td>${share(validationAccuracy)}</td>` : nothing}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <button @click=${() => save(points)}>${words().save}</button>
  `;
}

/** All digits, as a program reads them. */
export function csvOf(points: readonly EpochPoint[]): string {
  const columns = ["epoch", "total", "loss", "testLoss", "accuracy", "testAccuracy", "validationAccuracy"] as const;
  const rows = points.map((point) => columns.map((column) => point[column] ?? "").join(","));
  return [columns.join(","), ...rows, ""].join("\n");
}

function save(points: readonly EpochPoint[]): void {
  const link = document.createElement("a");
  const url = URL.createObjectURL(new Blob([csvOf(points)], { type: "text/csv" }));
  link.href = url;
  link.download = "inkling-epochs.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
