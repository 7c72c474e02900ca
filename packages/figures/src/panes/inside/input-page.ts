/** The page of the input: what comes in, and how the loss changes with each number of it. */
import type { Network } from "inkling";
import type { Trace } from "inkling/proofs";
import { html, nothing, type TemplateResult } from "lit";
import type { ScaleName } from "../../colours/palette.ts";
import "../../parts/map.ts";
import "../../parts/numbers-table.ts";
import type { QuantityName } from "../../words/quantities.ts";
import { arranged, arrangementOf } from "./arrangement.ts";
import { words } from "./words.ts";

export function inputPage({ inputs, back }: Trace, model: Network | undefined): TemplateResult {
  const { columns, places } = arrangementOf(model?.inputShape ?? [inputs.length]);
  const dX = back?.dInputs;
  const map = (values: ArrayLike<number>, scale: string, name: string, quantity: QuantityName) => html`
    <div data-quantity=${quantity}>
      <h4>${name}</h4>
      <inkling-map scale=${scale} label=${name} .columns=${columns} .values=${arranged(values, { columns, places })}></inkling-map>
    </div>
  `;
  return html`
    <h3>${words().inputPage}</h3>
    <div class="two">
      ${map(inputs, scaleOf(model), words().pixels, "x")}
      ${dX ? map(dX, "signed", words().inputGradient, "dX") : nothing}
    </div>
    <inkling-numbers-table name="input"
      .columns=${[{ name: "x", values: inputs }, ...(dX ? [{ name: "∂C/∂x", values: dX }] : [])]}></inkling-numbers-table>
  `;
}

/** Images are ink; the columns of a table have signs. */
export function scaleOf(model: Network | undefined): ScaleName {
  return (model?.inputShape.length ?? 3) > 1 ? "ink" : "signed";
}
