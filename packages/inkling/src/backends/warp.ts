/**
 * How images are changed: what `augment` (backend.ts) is given, and the order of its arithmetic, which is law as that
 * of every operation. data/augmentation.ts makes it from what a user asks for.
 *
 *   One number of the new image, at column x, row y and channel c, all in float32, rounded after every + − ×:
 *
 *   x′ = (a·x + (b·y + c)) + u      y′ = (d·x + (e·y + f)) + v      where it comes from; u and v are elastic
 *   x′ and y′ within −1 … width and −1 … height: outside of the image there is 0
 *   X = ⌊x′⌋, fx = x′ − X, and so for y: between four pixels
 *   top = p(X, Y) + fx·(p(X + 1, Y) − p(X, Y)), bottom the same of row Y + 1
 *   value = top + fy·(bottom − top), plus deviation·n where there is noise
 *   byte = ⌊value within 0 … 255 + ½⌋, or the fill byte where it is erased
 *
 *   Elastic distortion moves each pixel by a smooth random field (Simard, Steinkraus and Platt 2003): random numbers,
 *   blurred by a Gaussian. Here they stand on a grid of nodes that is as wide as the Gaussian allows, so that few are
 *   needed; its rows and columns go three deviations beyond the image, so that the field is the same at the edges.
 *
 *   u(x, y) = Σⱼ down[j, y]·(Σᵢ r[j, i]·across[i, x])      each sum from +0, ascending; v the same, of other numbers
 *
 *   Random numbers are words of the stream `augment` (numbers/random.ts). Sixteen numbers come of four draws:
 *   number 16·g + 4·w + l is word w of draw 4·g + l. A node's is uniform on (−1, 1), (2·(word >>> 8) + 1)·2⁻²⁴ − 1; of
 *   noise, words 0 and 1 of a draw are the radii and words 2 and 3 the angles of two normal pairs.
 */

/** The changes of one training: the same object for all of its steps. */
export interface Warp {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** The key of the stream `augment`: two words. */
  readonly key: Uint32Array;
  /** The standard deviation of the noise, in bytes; 0 for none. */
  readonly noise: number;
  /** The byte of what is erased. */
  readonly fill: number;
  /** The elastic distortion; undefined for none. */
  readonly elastic: ElasticField | undefined;
  /**
   * Writes how one image is changed to `to`, from `at` on: a, b, c, d, e, f, then the rows and columns that are
   * erased: from row, to before row, from column, to before column; 0, 0, 0, 0 where nothing is.
   */
  draw(drawn: { example: number; epoch: number; copy: number }, to: Float32Array, at: number): void;
}

/** A grid of nodes with its weights. */
export interface ElasticField {
  /** Pixels between two nodes. Node 0 lies `margin` pixels before pixel 0; a pixel sees the nodes within `margin`. */
  readonly spacing: number;
  /** How many nodes a pixel sees in a row, at most. */
  readonly reach: number;
  readonly nodesAcross: number;
  readonly nodesDown: number;
  /** nodesAcross × width: how much node i of a row counts at column x. */
  readonly across: Float32Array;
  /** nodesDown × height: the same down, times the strength. */
  readonly down: Float32Array;
}

/** Which draws a batch takes: of this epoch and copy, row i those of example order[start + i]. */
export interface Draws {
  readonly epoch: number;
  /** 0 in training; in test-time augmentation the copy's number. */
  readonly copy: number;
  readonly order: Uint32Array;
  readonly start: number;
}
