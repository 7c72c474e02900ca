/** The way back through a deep network as a table: slopes, δ, and the factor from layer to layer. */
import { html, type TemplateResult } from "lit";
import { inDigits } from "../words/messages.ts";
import type { LayerGradients } from "./deep.ts";
import { words } from "./f27-vanishing.words.ts";

/** The way back, from the last layer to the first: what each makes of the δ of the layer above. */
export function wayBack(layers: readonly LayerGradients[]): TemplateResult {
  const rows = layers.map(({ slope, delta }, i) => {
    const above = layers[i + 1];
    const name = String(i + 1);
    const full = i === 0 ? words().pixels(name) : above === undefined ? words().outputs(name) : name;
    return html`<tr>
        <th scope="row">${full}</th>
        <td>${slope === undefined ? "" : inDigits(slope)}</td>
        <td>${inDigits(delta, 2)}</td>
        <td>${above === undefined ? "" : html`× ${inDigits(delta / above.delta, 2)}`}</td>
      </tr>`;
  });
  return html`<table>
      <caption>
        ${words().table}
      </caption>
      <thead>
        <tr>
          <th scope="col">${words().layerShort}</th>
          <th scope="col">${words().slope}</th>
          <th scope="col">${words().delta}</th>
          <th scope="col">${words().factor}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.toReversed()}
      </tbody>
    </table>`;
}
