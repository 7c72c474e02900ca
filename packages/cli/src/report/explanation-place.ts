/** One number of an image by hand: a convolution's window term by term, a pooling's pixels; and one shared weight. */
import {
  type ConvolutionPlace,
  convolutionAt,
  equations,
  type ImagePlace,
  type LayerTrace,
  type PoolingPlace,
  poolingAt,
  type WindowTap,
} from "inkling/proofs";
import { sideBySide } from "./digit.ts";
import { cell, counted, factor, fine, largestAt, number, type Page } from "./explanation-page.ts";
import {
  chosenName,
  convolutions,
  type Explanation,
  everyLayer,
  indexed,
  type NumberedConvolution,
} from "./explanation-types.ts";
import { differenceLines, lossLines, startLine } from "./explanation-weight.ts";
import { drawSigned } from "./picture.ts";

/** Terms that are written out. */
const TERMS = 3;

/** The number that is worked out; undefined for a neuron of a dense layer. */
export function placeOf(explanation: Explanation): ConvolutionPlace | PoolingPlace | undefined {
  const { trace, chosen } = explanation;
  if (chosen.at === undefined) return undefined;
  const place: ImagePlace = { channel: chosen.neuron, ...chosen.at };
  const layer = everyLayer(trace.layers).find(({ name }) => name === chosenName(explanation));
  if (layer?.convolution !== undefined) return convolutionAt(layer.convolution, place);
  return layer?.pooling && poolingAt(layer.pooling, place);
}

/** The window at the chosen place; nothing for a dense layer. */
export function placeLines(page: Page, explanation: Explanation): void {
  const found = placeOf(explanation);
  const name = chosenName(explanation);
  const layer = everyLayer(explanation.trace.layers).find((one) => one.name === name);
  if (found === undefined || layer === undefined) return;
  if ("terms" in found) {
    const convolution = convolutions(explanation).find((one) => one.name === name);
    if (convolution !== undefined) convolutionPlaceLines(page, convolution, found);
  } else poolingPlaceLines(page, layer, found);
}

function convolutionPlaceLines(page: Page, layer: NumberedConvolution, found: ConvolutionPlace): void {
  const { window, activation } = layer;
  const { channel: f, row, column, terms, bias, z, a, slope } = found;
  page.title(`One number by hand: layer ${layer.number}, filter ${f} at row ${row}, column ${column}`);
  drawnLines(page, layer, f);
  const zName = `z(${row}, ${column}, ${f})`;
  const rule = `${zName} = Σ x·W + ${indexed("b", f)} over the window of ${window.rows} × ${window.columns} × ${window.channels}`;
  page.line(2, rule, equations.convolved);
  const sums = Array.from({ length: window.channels }, (_, c) => {
    const own = terms.filter(({ channel }) => channel === c);
    return { own, sum: own.reduce((sum, { product }) => sum + product, 0) };
  });
  const c = largestAt(sums.map(({ sum }) => sum));
  const { own = [], sum = 0 } = sums[c] ?? {};
  if (window.channels > 1) page.line(4, `Channel ${c} of ${window.channels}, the one that adds most:`);
  table(page, "x", own, window.columns, ({ x }) => x);
  table(page, "W", own, window.columns, ({ w }) => w);
  table(page, "x·W", own, window.columns, ({ product }) => product);
  const outside = own.filter(({ at }) => at === undefined).length;
  if (outside > 0) page.line(4, `· is padding: ${counted(outside, "term")} left out`);
  page.line(4, `= ${number(sum)}   Σ x·W${window.channels > 1 ? ` of channel ${c}` : ""}`);
  if (window.channels > 1) {
    const rest = sums.reduce((all, channel, i) => (i === c ? all : all + channel.sum), 0);
    page.line(4, `+ ${factor(rest)}   the other ${counted(window.channels - 1, "channel")}, together`);
  }
  page.line(4, `+ ${factor(bias)}   ${indexed("b", f)}, the bias of filter ${f}: the same at every place`);
  page.line(4, `= ${number(z)}   as computed: in float32, tap by tap`);
  if (activation === "identity") return;
  const value = `a = ${activation}(${number(z)}) = ${number(a)}, with the slope σ′(z) = ${number(slope)}`;
  page.line(2, value, equations[activation]);
}

/** The filter's weights for its first channel, and what it finds in the image. */
function drawnLines(page: Page, { W, filters, window, a }: NumberedConvolution, f: number): void {
  const { terminal } = page;
  const { rows, columns, channels, outHeight, outWidth } = window;
  if (outWidth + columns + 24 > terminal.width) return;
  const weights = Array.from({ length: rows * columns }, (_, e) => W.values[e * channels * filters + f] ?? 0);
  const found = Array.from({ length: outHeight * outWidth }, (_, p) => a[p * filters + f] ?? 0);
  const which = channels === 1 ? "" : ", channel 0";
  const blocks = [
    { drawn: columns, pixels: weights, height: rows, caption: `W of filter ${f}${which}` },
    { drawn: outWidth, pixels: found, height: outHeight, caption: `a of filter ${f}: − and +` },
  ].map(({ drawn, pixels, height, caption }) => {
    return { lines: drawSigned({ height, width: drawn, pixels }, terminal), drawn, captions: [caption] };
  });
  const width = Math.max(outWidth, columns, ...blocks.flatMap(({ captions }) => captions.map(({ length }) => length)));
  page.lines.push(...sideBySide(blocks, width, terminal));
}

/** A window's numbers of one channel, row by row; padding is a dot. */
function table<Tap extends WindowTap>(
  page: Page,
  name: string,
  taps: readonly Tap[],
  columns: number,
  value: (tap: Tap) => number,
): void {
  for (let first = 0; first < taps.length; first += columns) {
    const row = taps.slice(first, first + columns);
    const values = row.map((tap) => (tap.at === undefined ? Number.NaN : value(tap)));
    page.vector(4, (first === 0 ? name : "").padEnd(4), values, (shown) => (Number.isNaN(shown) ? "·" : cell(shown)));
  }
}

function poolingPlaceLines(page: Page, { name, pooling, description }: LayerTrace, found: PoolingPlace): void {
  const { channel, row, column, pixels, count, source, z } = found;
  page.title(`One number by hand: ${name}, ${description}, channel ${channel} at row ${row}, column ${column}`);
  const columns = pooling?.window.columns ?? 1;
  table(page, "x", pixels, columns, ({ x }) => x);
  const outside = pixels.length - count;
  if (outside > 0) page.line(4, `· is padding: it is never the maximum, and not counted in a mean`);
  if (source !== undefined) {
    const equal = pixels.filter(({ at, x }) => at !== undefined && x === z).length;
    const which = equal > 1 ? `, the first of ${equal} that are equal` : "";
    const from = `it comes from row ${source.row}, column ${source.column} of what goes in${which}`;
    page.line(2, `z = max x = ${number(z)}: ${from}, which alone gets the gradient`, equations.largestOf);
    return;
  }
  const sum = pixels.reduce((all, { x }) => all + x, 0);
  page.line(
    2,
    `z = Σ x / n = ${number(sum)} / ${count} = ${number(z)}, the mean of ${counted(count, "pixel")}`,
    equations.meanOf,
  );
}

/** One weight of a filter from beginning to end; nothing for another layer. */
export function tapLines(page: Page, explanation: Explanation): void {
  const { chosen, trace } = explanation;
  const layer = convolutions(explanation).find(({ name }) => name === chosenName(explanation));
  if (layer?.back === undefined || trace.back === undefined || chosen.weight === undefined) return;
  const [tap, f] = [chosen.weight, chosen.neuron];
  const { window, filters, W, b } = layer;
  const at = tap * filters + f;
  const pixel = Math.floor(tap / window.channels);
  const inWindow = `row ${Math.floor(pixel / window.columns)}, column ${pixel % window.columns}, channel ${tap % window.channels}`;
  const [w, gradient, eta] = [W.values[at] ?? 0, layer.back.dW.values[at] ?? 0, trace.back.step.learningRate];
  page.title(`One weight from beginning to end: layer ${layer.number}, filter ${f}, tap ${tap}`);
  page.line(2, `W(${tap}, ${f}) = ${fine(w)}, at ${inWindow} of the window`);
  startLine(page, layer, window.rows * window.columns * filters);
  page.line(2, `Its gradient: ∂C/∂W = Σ x·δ over all places, because each uses this W`, equations.convolvedWeights);
  for (const [i, { row, column, x, delta }] of largestTerms(layer, tap, f).entries()) {
    const product = `${factor(x)} × ${factor(delta)} = ${number(x * delta)}`;
    page.line(4, `${i === 0 ? "=" : "+"} ${product}   x·δ at row ${row}, column ${column}`);
  }
  const places = window.outHeight * window.outWidth;
  if (places > TERMS) page.line(4, `+ …   the other ${counted(places - TERMS, "place")}`);
  page.line(4, `= ${number(gradient)}   as computed: in float32, place by place`);
  differenceLines(page, explanation);
  const step = `${fine(w)} − ${eta} × ${factor(gradient)} = ${fine(layer.back.WAfter.values[at] ?? 0)}`;
  page.line(2, `One step, η = ${eta}: W − η·∂C/∂W = ${step}`, equations.gradientDescent);
  const [bias, slope] = [b[f] ?? 0, layer.back.db[f] ?? 0];
  const moved = `${fine(bias)} − ${eta} × ${factor(slope)} = ${fine(layer.back.bAfter[f] ?? 0)}`;
  page.line(2, `The bias ${indexed("b", f)}: b − η·∂C/∂b = ${moved}`, equations.convolvedBias);
  lossLines(page, explanation);
}

/** The places that add most to a weight's gradient, largest first. */
function largestTerms(layer: NumberedConvolution, tap: number, f: number) {
  const { window, filters, x, back } = layer;
  const { outHeight, outWidth, rows: _, columns, channels, height, width } = window;
  const [pixel, channel] = [Math.floor(tap / channels), tap % channels];
  const [ky, kx] = [Math.floor(pixel / columns), pixel % columns];
  return Array.from({ length: outHeight * outWidth }, (_, p) => {
    const [row, column] = [Math.floor(p / outWidth), p % outWidth];
    const y = row * window.strideY - window.top + ky * window.dilationY;
    const xx = column * window.strideX - window.left + kx * window.dilationX;
    const isInside = y >= 0 && y < height && xx >= 0 && xx < width;
    const value = isInside ? (x[(y * width + xx) * channels + channel] ?? 0) : 0;
    return { row, column, x: value, delta: back?.delta[p * filters + f] ?? 0 };
  })
    .toSorted((p, q) => Math.abs(q.x * q.delta) - Math.abs(p.x * p.delta))
    .slice(0, TERMS);
}
