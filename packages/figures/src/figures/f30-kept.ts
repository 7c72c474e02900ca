/** What the figure of the sliding window keeps in the address: the filter, the window's place, stride and padding. */
import type { Trace } from "inkling/proofs";
import type { ReactiveControllerHost } from "lit";
import { keepInAddress, numbersIn, oneOf, wholeIn } from "../state/kept.ts";
import { inWhole } from "../words/messages.ts";
import { words } from "./f30-window.words.ts";
import { type Filter, filterIn, learned, type MadeName, MOST_FILTERS, made, SIDE, SIZE } from "./one-filter.ts";

export const MADE = Object.keys(made) as MadeName[];
const NUMBERS = Array.from({ length: MOST_FILTERS }, (_, f) => f);
const TAPS = SIZE * SIZE;
/** No weight is larger. */
const LARGEST = 1000;

/** A learned filter by its number, one that people made, or the reader's. */
export type Chosen = number | MadeName | "own";

/** Stride and padding, from where to where. */
export const RANGES = { stride: [1, 4], padding: [0, 4] } as const;

export function keepWindow(figure: ReactiveControllerHost & HTMLElement, changed: () => void): void {
  const filters = {
    parse: oneOf([...NUMBERS, ...MADE, "own"]).parse,
    write: String,
    expected: () => words().filtersExpected(inWhole(MOST_FILTERS - 1), MADE.join(", ")),
  };
  const place = wholeIn(0, SIDE + 2 * RANGES.padding[1] - SIZE);
  const fields = {
    chosen: { ...filters, label: () => words().which },
    own: { ...numbersIn(TAPS + 1, -LARGEST, LARGEST), label: () => words().own },
    stride: { ...wholeIn(...RANGES.stride), label: () => words().stride },
    padding: { ...wholeIn(...RANGES.padding), label: () => words().padding },
    row: { ...place, label: () => words().row },
    column: { ...place, label: () => words().column },
  };
  keepInAddress(figure, "f30", fields, changed);
}

/** The numbers of a filter for the address: weights, then bias. Nine digits name each float32. */
export function numbersOf({ weights, bias }: Filter): number[] {
  return [...weights, bias].map((value) => Number(value.toPrecision(9)));
}

/** The filter that is chosen; the first learned one where the reader has none. */
export function filterOf(trace: Trace, chosen: Chosen, own: readonly number[]): Filter {
  if (typeof chosen === "number") return learned(trace, filterIn(trace, chosen));
  if (chosen !== "own") return { weights: made[chosen], bias: 0 };
  return own.length === 0 ? learned(trace, 0) : { weights: own.slice(0, TAPS), bias: own[TAPS] ?? 0 };
}
