/**
 * Is a network overfitting? It reads the examples that it learned from better than new ones by more than chance, and what
 * it goes on to learn does not help with the new ones. Of a network without a past only the first can be said.
 */
import type { ClassEvaluation } from "inkling";
import { inDigits, inWhole } from "../../words/messages.ts";
import { BY_HEART, stillHelps } from "../generalising.ts";
import { words } from "./words.ts";

/** Below this difference of accuracies there is none to speak of. */
const NO_GAP = 0.005;
/** Moments of the past that say something. */
const LEAST = 4;

export type Gap =
  | { readonly kind: "few" | "none" }
  | { readonly kind: "small" | "large"; readonly difference: number }
  | {
      readonly kind: "overfits" | "helps";
      readonly difference: number;
      /** The loss on new examples halfway, and now. */
      readonly halfway: number;
      readonly now: number;
    };

type Read = Pick<ClassEvaluation, "accuracy" | "examples">;

/** `losses`: on new examples, at evenly spaced moments of the training from its beginning, and now; if they are known. */
export function gapOf(train: Read, test: Read, losses: readonly number[] = []): Gap {
  const difference = train.accuracy - test.accuracy;
  const { middle, width } = interval(train, test);
  if (width > BY_HEART && Math.abs(middle) < width) return { kind: "few" };
  if (difference < NO_GAP) return { kind: "none" };
  if (difference < BY_HEART) return { kind: "small", difference };
  const [halfway, now] = [losses[(losses.length - 1) >> 1], losses.at(-1)];
  if (losses.length <= LEAST || halfway === undefined || now === undefined) return { kind: "large", difference };
  return { kind: stillHelps(halfway, now) ? "helps" : "overfits", difference, halfway, now };
}

/**
 * Where the difference of two shares is, with 95 % confidence: Agresti and Caffo's interval, which holds for few examples
 * too (The American Statistician 54, 2000): each share is taken with one hit and one miss more.
 */
function interval(a: Read, b: Read): { readonly middle: number; readonly width: number } {
  const share = ({ accuracy, examples: n }: Read) => (accuracy * n + 1) / (n + 2);
  const variance = (of: Read) => (share(of) * (1 - share(of))) / (of.examples + 2);
  return { middle: share(a) - share(b), width: 1.96 * Math.sqrt(variance(a) + variance(b)) };
}

/** In words; the losses are of so many test examples. */
export function saidOf(gap: Gap, count: number): string {
  const { gapFew, gapNone, gapSmall, gapLarge, gapOverfits, gapHelps } = words();
  if (!("difference" in gap)) return gap.kind === "few" ? gapFew : gapNone;
  const points = inDigits(100 * gap.difference, 2);
  if (!("halfway" in gap)) return (gap.kind === "small" ? gapSmall : gapLarge)(points);
  return (gap.kind === "helps" ? gapHelps : gapOverfits)(
    points,
    inWhole(count),
    inDigits(gap.halfway),
    inDigits(gap.now),
  );
}
