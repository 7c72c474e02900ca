/** Parts of the figure of the sliding window that only show: the 25 products, and what comes after the convolution. */
import type { ConvolutionPlace } from "inkling/proofs";
import { html, type TemplateResult } from "lit";
import { boundOf } from "../colours/palette.ts";
import type { SlideDetail } from "../parts/slider.ts";
import { inDigits, inWhole, signed } from "../words/messages.ts";
import { words } from "./f30-window.words.ts";
import { type Filtered, SIDE, SIZE, type Sliding } from "./one-filter.ts";

/** Where the window stands, and what is around the picture. */
interface Standing extends Sliding {
  readonly row: number;
  readonly column: number;
}

/** A picture with its padding, and the window over it. Both fill the element that they stand in. */
export function windowOver(pixels: Uint8Array, { row, column, stride, padding }: Standing): TemplateResult {
  const share = (part: number) => `${((100 * part) / (SIDE + 2 * padding)).toFixed(3)}%`;
  const picture = `left:${share(padding)};top:${share(padding)};width:${share(SIDE)}`;
  const box = `left:${share(column * stride)};top:${share(row * stride)};width:${share(SIZE)};height:${share(SIZE)}`;
  return html`<inkling-map plain data-quantity="x" aria-hidden="true" scale="ink" .bound=${255} .values=${pixels} style=${picture}></inkling-map>
    <div class="box mark" data-quantity="window" style=${box}></div>`;
}

/** The 25 products of a place, typed out, and what they add up to. */
export function productsOf({ row, column, terms, bias, z, a }: ConvolutionPlace): TemplateResult {
  const most = boundOf(terms.map(({ product }) => product));
  return html`<div class="work">
    <div>
      <h3>${words().products(row, column)}</h3>
      <ol class="taps" data-quantity="products">
        ${terms.map(({ x, w, product, at }) => {
          if (at === undefined) return html`<li class="outside">${words().outside}</li>`;
          const kind = product === 0 ? "nothing" : product < 0 ? "below" : "above";
          const share = product === 0 ? "" : `--share:${Math.round(8 + (52 * Math.abs(product)) / most)}%`;
          return html`<li class=${kind} style=${share}>${inDigits(x, 2)}<br />× ${signed(w, 2)}</li>`;
        })}
      </ol>
    </div>
    <dl class="numbers">
      <dt>${words().sum}</dt>
      <dd data-quantity="sum">${signed(terms.at(-1)?.sum ?? 0, 4)}</dd>
      <dt>${words().bias}</dt>
      <dd>${signed(bias, 4)}</dd>
      <dt>z</dt>
      <dd class="main" data-quantity="z">${signed(z, 4)}</dd>
      <dt>${words().after}</dt>
      <dd data-quantity="a">${inDigits(a, 4)}</dd>
    </dl>
  </div>`;
}

/** The map after its ReLU, and after max pooling. */
export function resultsOf({ convolution, pooling }: Filtered): TemplateResult {
  const [bound, side] = [boundOf(convolution.a), pooling.window.outWidth];
  const map = (quantity: string, title: string, values: ArrayLike<number>, columns: number) => html`<div>
    <h3>${title}</h3>
    <inkling-map data-quantity=${quantity} .columns=${columns} .values=${values} .bound=${bound} .label=${title}></inkling-map>
  </div>`;
  return html`<div class="results">
      ${map("a", words().after, convolution.a, convolution.window.outWidth)} ${map("pooled", words().pooled, pooling.z, side)}
    </div>
    <p class="note">${words().pooledNote(side)}</p>`;
}

/** A slider for a number of pixels. */
export function pixelSlider(
  label: string,
  [from, to]: readonly [from: number, to: number],
  value: number,
  take: (value: number) => void,
): TemplateResult {
  return html`<inkling-slider
    .label=${label}
    .min=${from}
    .max=${to}
    .step=${1}
    .value=${value}
    .text=${(count: number) => words().pixels(inWhole(count))}
    @slide=${({ detail }: CustomEvent<SlideDetail>) => take(detail.value)}
  ></inkling-slider>`;
}

/** Where a key brings the window; undefined for a key that brings it nowhere. */
export function placeAfter(
  key: string,
  { row, column }: Pick<Standing, "row" | "column">,
): readonly [row: number, column: number] | undefined {
  const places: Readonly<Record<string, readonly [number, number]>> = {
    ...{ ArrowUp: [row - 1, column], ArrowDown: [row + 1, column] },
    ...{ ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], Home: [row, 0], End: [row, SIDE] },
  };
  return places[key];
}
