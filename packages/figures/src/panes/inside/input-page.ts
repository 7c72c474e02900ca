/**
 * The page of the input: what comes in, and how the loss changes with each number of it. An image is a picture; the
 * columns of a table are bars with their names.
 */
import type { Network } from "inkling";
import type { Trace } from "inkling/proofs";
import { html, nothing, type TemplateResult } from "lit";
import type { ScaleName } from "../../colours/palette.ts";
import "../../parts/bars.ts";
import type { Column } from "../../parts/csv.ts";
import "../../parts/map.ts";
import "../../parts/numbers-table.ts";
import { inDigits } from "../../words/messages.ts";
import type { QuantityName } from "../../words/quantities.ts";
import { arranged, arrangementOf } from "./arrangement.ts";
import { words } from "./words.ts";

/** More columns than these are a picture, and one looks at them one by one. */
const MOST_BARS = 64;

/** `raw` is the example as it is stored, before it is scaled. */
export function inputPage(
  { inputs, back }: Trace,
  model: Network | undefined,
  raw: ArrayLike<number> | undefined,
): TemplateResult {
  const dX = back?.dInputs;
  const names = model?.columnNames;
  const lists: Column[] = [{ name: "x", values: inputs }, ...(dX ? [{ name: "∂C/∂x", values: dX }] : [])];
  const named = names === undefined ? lists : [{ name: words().column, values: names }, ...lists];
  const draw = names !== undefined && names.length <= MOST_BARS ? bars(names, raw) : picture(model, inputs.length);
  return html`
    <h3>${words().inputPage}</h3>
    <div class="two">
      ${draw(inputs, scaleOf(model), words().pixels, "x")}
      ${dX ? draw(dX, "signed", words().inputGradient, "dX") : nothing}
    </div>
    ${names !== undefined && model?.scaling ? html`<p class="sizes">${words().scaled}</p>` : nothing}
    <inkling-numbers-table name="input" .columns=${named}></inkling-numbers-table>
  `;
}

type Draw = (values: ArrayLike<number>, scale: ScaleName, name: string, quantity: QuantityName) => TemplateResult;

function picture(model: Network | undefined, count: number): Draw {
  const { columns, places } = arrangementOf(model?.inputShape ?? [count]);
  const says = (values: ArrayLike<number>) => (cell: number) => {
    const at = places[cell] ?? -1;
    return at < 0 ? "" : `${model?.columnNames?.[at]}: ${inDigits(values[at] ?? Number.NaN, 4)}`;
  };
  return (values, scale, name, quantity) => html`
    <div data-quantity=${quantity}>
      <h4>${name}</h4>
      <inkling-map scale=${scale} label=${name} .columns=${columns} .values=${arranged(values, { columns, places })}
        .says=${model?.columnNames && says(values)}></inkling-map>
    </div>
  `;
}

function bars(names: readonly string[], raw: ArrayLike<number> | undefined): Draw {
  return (values, _, name, quantity) => {
    const isRaw = quantity === "x" && raw !== undefined;
    const own = isRaw ? names.map((column, i) => `${column} = ${inDigits(raw[i] ?? Number.NaN, 4)}`) : names;
    return html`
      <div data-quantity=${quantity}>
        <h4>${name}</h4>
        <inkling-bars label=${name} .values=${values} .names=${own}></inkling-bars>
      </div>
    `;
  };
}

/** Images are ink; the columns of a table have signs. */
export function scaleOf(model: Network | undefined): ScaleName {
  return (model?.inputShape.length ?? 3) > 1 ? "ink" : "signed";
}
