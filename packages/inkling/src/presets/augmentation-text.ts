/**
 * An augmentation as a text, for options and configuration files:
 *
 *   shift=2,rotation=15,scale=0.85..1.15,shear=10,elastic=34/4,noise=10,erase=2..5/0.5,flip
 *
 * Each part is a change of `augment`: elastic is α/σ, erase the sides and the share of the images. "none" is none.
 */
import { type Augmentation, type AugmentOptions, augment, type Range } from "../data/augmentation.ts";
import { InklingError } from "../errors.ts";

/** What such a text says; undefined for what is none, or for changes that `augment` refuses. */
export function augmentationFromText(text: string): Augmentation | undefined {
  const parts = text.split(",").map((part) => part.trim());
  const settings: Record<string, unknown> = {};
  for (const part of parts) {
    const [name, value, ...more] = part.split("=");
    const read = Object.hasOwn(readers, name) ? readers[name as keyof typeof readers] : undefined;
    if (read === undefined || more.length > 0 || Object.hasOwn(settings, name)) return undefined;
    settings[name] = read(value);
    if (settings[name] === undefined) return undefined;
  }
  try {
    return augment(settings);
  } catch (error) {
    if (error instanceof InklingError) return undefined;
    throw error;
  }
}

/** How the value of each change is read; undefined for what is none. */
const readers: { readonly [Name in keyof AugmentOptions]-?: (word: string | undefined) => AugmentOptions[Name] } = {
  shift: numberFrom,
  rotation: numberFrom,
  scale: rangeFrom,
  shear: numberFrom,
  noise: numberFrom,
  flip: (word) => (word === undefined ? true : undefined),
  elastic: (word) => {
    const [alpha, sigma, ...more] = (word ?? "").split("/").map(numberFrom);
    return alpha === undefined || sigma === undefined || more.length > 0 ? undefined : { alpha, sigma };
  },
  erase: (word) => {
    const [sides, ...share] = (word ?? "").split("/");
    const [size, [probability]] = [rangeFrom(sides), share.map(numberFrom)];
    if (size === undefined || share.length > 1 || (share.length === 1 && probability === undefined)) return undefined;
    return probability === undefined ? { size } : { size, probability };
  },
};

function numberFrom(word: string | undefined): number | undefined {
  return /^(\d+\.?\d*|\.\d+)$/.test(word ?? "") ? Number(word) : undefined;
}

function rangeFrom(word: string | undefined): Range | undefined {
  const [least, most, ...more] = (word ?? "").split("..").map(numberFrom);
  return least === undefined || most === undefined || more.length > 0 ? undefined : [least, most];
}
