/** What a trace shows of layers of windows: convolutions and pooling, and one of their numbers worked out. */
import type { Call, Snapshot } from "../backends/recording.ts";
import type { Window } from "../backends/window.ts";
import { checkNumber, checkWhole } from "../checks.ts";
import type { Conv2dFields } from "../layers/conv2d.ts";
import type { Numbers } from "../matrix.ts";
import type { ActivationName } from "../numbers/activations.ts";
import { float32 } from "../numbers/float32.ts";
import { checkOptions } from "../options.ts";
import { callsOf, slopesOf } from "./calls.ts";
import type { StepTrace } from "./traced.ts";
import type {
  ConvolutionPlace,
  ConvolutionTerm,
  ConvolutionTrace,
  ImagePlace,
  PoolingPlace,
  PoolingTrace,
  WindowTap,
} from "./traced-layers.ts";

/** What a convolution computed, from the calls that it made. */
export function convolutionTrace(
  calls: readonly Call[],
  layer: string,
  { filters, initializer }: Conv2dFields,
  step: StepTrace | undefined,
): ConvolutionTrace {
  const { needed, found } = callsOf(calls, layer);
  const { operands, options, results } = needed("convolve");
  const { x, W, b } = operands as Readonly<Record<string, Snapshot>>;
  const [window, activation] = options as [Window, ActivationName];
  const [z, a] = [results.z.values, results.a.values];
  const [delta, outer, bias] = [found("activateBackward"), found("convolveOuter"), found("meanPositions")];
  const [WAfter, bAfter] = ["weights", "bias"].map((name) => step?.parameters[`${layer}.${name}`]);
  return {
    ...{ activation, initializer, window, filters, x: x.values, W, b: b.values, z, a },
    slope: slopesOf(activation, z, a),
    back: delta &&
      outer &&
      bias &&
      WAfter &&
      bAfter && {
        dA: (delta.operands.dA as Snapshot).values,
        delta: delta.results.delta.values,
        dW: outer.results.dW,
        db: bias.results.db.values,
        WAfter: { ...W, values: WAfter },
        bAfter,
      },
  };
}

/** What a pooling layer computed, from the calls that it made. */
export function poolingTrace(calls: readonly Call[], layer: string): PoolingTrace {
  const { needed, found } = callsOf(calls, layer);
  const isMaximum = found("maxPool") !== undefined;
  const { operands, options, results } = needed(isMaximum ? "maxPool" : "averagePool");
  const [x, z] = [(operands.x as Snapshot).values, results.z.values];
  const window = options[0] as Window;
  const back = found(isMaximum ? "maxPoolBackward" : "averagePoolBackward");
  return {
    ...{ keeps: isMaximum ? "maximum" : "mean", window, x, z },
    sources: isMaximum ? Array.from(z, (_, o) => sourceOf(x, z[o], tapsAt(x, window, placeOf(window, o)))) : undefined,
    back: back && { delta: (back.operands.delta as Snapshot).values, dX: back.results.dX.values },
  };
}

/** The first of a window's pixels that is its maximum, as the reference's maxPoolBackward finds it. */
function sourceOf(x: Numbers, most: number, taps: readonly WindowTap[]): number {
  const first = taps.find(({ at }) => at !== undefined && (x[at] === most || Number.isNaN(x[at])));
  return first?.at ?? -1;
}

/** The channel, row and column of number o that comes out of pooling. */
function placeOf({ outWidth, channels }: Window, o: number): ImagePlace {
  const position = Math.floor(o / channels);
  return { channel: o % channels, row: Math.floor(position / outWidth), column: position % outWidth };
}

/**
 * One number of a convolution worked out: every tap of its window in the order of the sum, with the sum so far. Throws
 * an ArgumentError for a place that the layer does not have.
 *
 * @example
 * const [{ convolution }] = (await trace(model, image)).layers;
 * convolutionAt(convolution, { channel: 3, row: 5, column: 7 }).terms; // filter 3 at row 5, column 7
 */
export function convolutionAt(convolution: ConvolutionTrace, place: ImagePlace): ConvolutionPlace {
  const { window, filters, W, b, z, a, slope, back } = convolution;
  checkPlace("convolutionAt", place, window, filters);
  const { channel: f, row, column } = place;
  let sum = 0;
  const terms: ConvolutionTerm[] = windowTaps(convolution.x, window, place).map((tap) => {
    const w = W.values[tap.tap * filters + f];
    // z_p = Σₜ x_(p+t)·Wₜ, the terms on padding left out
    const product = tap.at === undefined ? 0 : float32.round(tap.x * w);
    if (tap.at !== undefined) sum = float32.round(sum + product);
    return { ...tap, w, product, sum };
  });
  const o = (row * window.outWidth + column) * filters + f;
  return {
    ...{ channel: f, row, column, terms, bias: b[f] },
    ...{ z: z[o], a: a[o], slope: slope[o], delta: back?.delta[o] },
  };
}

/**
 * One number of a pooling layer worked out: its window's pixels, and which of them is the maximum. Throws an
 * ArgumentError for a place that the layer does not have.
 */
export function poolingAt(pooling: PoolingTrace, place: ImagePlace): PoolingPlace {
  const { window, x, z, sources, back } = pooling;
  checkPlace("poolingAt", place, window, window.channels);
  const { channel, row, column } = place;
  const pixels = tapsAt(x, window, place);
  const o = (row * window.outWidth + column) * window.channels + channel;
  return {
    ...{ channel, row, column, pixels },
    count: pixels.filter(({ at }) => at !== undefined).length,
    source: pixels.find(({ at }) => at !== undefined && at === sources?.[o]),
    ...{ z: z[o], delta: back?.delta[o] },
  };
}

/** What the window sees at a place, of this channel alone. */
function tapsAt(x: Numbers, window: Window, place: ImagePlace): WindowTap[] {
  return windowTaps(x, window, place).filter(({ channel }) => channel === place.channel);
}

/** What the window sees at a place: all its taps, row by row, padding among them. */
function windowTaps(x: Numbers, window: Window, { row: oy, column: ox }: ImagePlace): WindowTap[] {
  const { height, width, channels, rows, columns } = window;
  return Array.from({ length: rows * columns * channels }, (_, tap) => {
    const [pixel, channel] = [Math.floor(tap / channels), tap % channels];
    const row = oy * window.strideY - window.top + Math.floor(pixel / columns) * window.dilationY;
    const column = ox * window.strideX - window.left + (pixel % columns) * window.dilationX;
    const isInside = row >= 0 && row < height && column >= 0 && column < width;
    const at = isInside ? (row * width + column) * channels + channel : undefined;
    return { tap, row, column, channel, at, x: at === undefined ? 0 : x[at] };
  });
}

function checkPlace(where: string, place: ImagePlace, { outHeight, outWidth }: Window, channels: number): void {
  checkOptions(where, place, ["channel", "row", "column"]);
  const { channel, row, column } = place;
  for (const [name, value, count] of [
    ["channel", channel, channels],
    ["row", row, outHeight],
    ["column", column, outWidth],
  ] as const) {
    checkWhole(where, name, value, 0);
    checkNumber(where, `${name} from 0 to ${count - 1}`, value, (given) => given < count);
  }
}
