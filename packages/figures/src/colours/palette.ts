/**
 * The colours of numbers. Signed numbers have one scale everywhere: orange below zero, blue above, and zero is the
 * surface that they lie on, so that nothing is drawn where there is nothing. It is linear: half the number is half the
 * way to the end. Both ends are about equally light, so that neither sign looks stronger, and people who are blind to
 * one kind of colour tell them apart: palette.test.ts simulates it. Counts and probabilities have a scale of their own.
 */

/** Red, green, blue from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

export type ThemeName = "light" | "dark";

export interface Palette {
  /** What numbers lie on; the colour of zero. */
  readonly surface: Colour;
  /** The end of the scale below zero, at −s. */
  readonly negative: Colour;
  /** The end above zero, at +s. */
  readonly positive: Colour;
  /** The end of the scale for what is never below zero: a count, a probability. */
  readonly amount: Colour;
  /** The ink of a picture: a pixel of 255. */
  readonly ink: Colour;
}

export const palettes: Readonly<Record<ThemeName, Palette>> = {
  light: {
    surface: [255, 255, 255],
    negative: [0xb3, 0x58, 0x06],
    positive: [0x21, 0x66, 0xac],
    amount: [0x54, 0x27, 0x8f],
    ink: [0x11, 0x14, 0x18],
  },
  dark: {
    surface: [0x12, 0x14, 0x17],
    negative: [0xff, 0x9f, 0x40],
    positive: [0x5a, 0xa9, 0xff],
    amount: [0xc9, 0xa6, 0xff],
    ink: [0xf2, 0xf3, 0xf5],
  },
};

/** What numbers mean, and so which colours they have. */
export type ScaleName = "signed" | "amount" | "ink";

/** The colour of a number on a scale that ends at `bound` (above 0): beyond it, the colour of the end. */
export function colourOf(value: number, bound: number, scale: ScaleName, palette: Palette): Colour {
  const share = Math.max(-1, Math.min(1, value / bound));
  if (Number.isNaN(share)) return palette.surface;
  if (scale !== "signed") return mixed(palette.surface, palette[scale], Math.max(0, share));
  return mixed(palette.surface, share < 0 ? palette.negative : palette.positive, Math.abs(share));
}

/** A colour on the straight way from one to another: share 0 is the one, 1 the other. */
export function mixed(from: Colour, to: Colour, share: number): Colour {
  const channel = (i: 0 | 1 | 2) => Math.round(from[i] + (to[i] - from[i]) * share);
  return [channel(0), channel(1), channel(2)];
}

/** rgb(179 88 6), as style sheets write it. */
export function cssColour([red, green, blue]: Colour): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** The end of a scale that all of these numbers fit on: the largest size among them; 1 where all are 0. */
export function boundOf(values: ArrayLike<number>): number {
  let bound = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] as number);
    if (size > bound && size !== Number.POSITIVE_INFINITY) bound = size;
  }
  return bound === 0 ? 1 : bound;
}
