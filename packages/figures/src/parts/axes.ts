/** Where a chart's axes have their ticks, and where its numbers come to lie. */

/** From the lowest to the highest number of an axis. */
export type Range = readonly [low: number, high: number];

/** About so many round numbers inside of a range: steps of 1, 2 or 5 times a power of ten. */
export function ticksOf([low, high]: Range, wanted: number): number[] {
  const rough = (high - low) / Math.max(1, wanted);
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // A tick is a whole number of steps, so that 0.3 is not 0.30000000000000004.
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toFixed(Math.min(20, decimals))),
  );
}

/** The number of [low, high] that lies at a share of the way from one end to the other, held between both. */
export function between([low, high]: Range, share: number): number {
  return low + (high - low) * Math.max(0, Math.min(1, share));
}

/** A number of the grid of steps that begins at 0, inside of the range. */
export function snapped(value: number, step: number, [low, high]: Range): number {
  const whole = Math.round(value / step) * step;
  const decimals = Math.max(0, Math.min(12, 3 - Math.floor(Math.log10(step))));
  return Math.max(low, Math.min(high, Number(whole.toFixed(decimals))));
}

/** A range that all of these numbers fit into, with some air at both ends. */
export function rangeOf(values: ArrayLike<number>, air = 0.06): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i] as number);
    high = Math.max(high, values[i] as number);
  }
  if (!(high > low)) return [(Number.isFinite(low) ? low : 0) - 1, (Number.isFinite(low) ? low : 0) + 1];
  return [low - air * (high - low), high + air * (high - low)];
}

/** The power of ten in which these numbers are short enough to stand at an axis: 3 for 350,000, which is 350 then. */
export function powerFor(values: readonly number[]): number {
  const most = values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  if (!Number.isFinite(most)) return 0;
  return most >= 1e5 || (most > 0 && most < 1e-2) ? 3 * Math.floor(Math.log10(most) / 3) : 0;
}
