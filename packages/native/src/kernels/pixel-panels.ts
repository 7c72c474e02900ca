/**
 * How the columns of a matrix are cut into panels whose sums, or whose row of δ, stay in registers. A panel is some
 * whole vectors. Of one panel the last vector may have lanes that are no columns; of several the last ends with the
 * last column, so that some columns are computed twice and none needs a mask.
 */

/** Columns of a step, in which forms are counted: a vector of 256 bits. */
const STEP = 8;
/** Most columns of a panel, and their steps. */
const MOST_COLUMNS = 128;
const MOST_STEPS = MOST_COLUMNS / STEP;

/** The form of so many columns: the steps of a panel, from 1 to 16; plus 16 where there are several panels. */
export function panelForm(columns: number): number {
  const panels = Math.ceil(columns / MOST_COLUMNS);
  return Math.ceil(columns / STEP / panels) + (panels > 1 ? MOST_STEPS : 0);
}

/**
 * The vectors of a panel, and whether there is only one. `most`: the numbers of vectors that registers have room for.
 * Of these, the first is taken whose panels have the fewest vectors together.
 */
export function panelOf(form: number, lanes: number, most: readonly number[]): { vectors: number; isOne: boolean } {
  const steps = ((form - 1) % MOST_STEPS) + 1;
  const all = Math.ceil((steps * STEP) / lanes);
  const sizes = most.map((size) => Math.ceil(all / Math.ceil(all / size)));
  const together = (size: number) => Math.ceil(all / size) * size;
  const vectors = sizes.reduce((best, size) => (together(size) < together(best) ? size : best));
  return { vectors, isOne: form <= MOST_STEPS && vectors === all };
}
