/**
 * Is a network overfitting? It reads the examples that it learned from better than new ones by more than chance, and
 * what it goes on to learn does not help with the new ones. Of a network without a past only the first can be said.
 */
import type { ClassEvaluation } from "inkling";
import { inDigits, inWhole } from "../../words/messages.ts";
import { BY_HEART, type Trend, trendOf } from "../generalising.ts";
import { words } from "./words.ts";

/** Below this difference of accuracies there is none to speak of. */
const NO_GAP = 0.005;

export interface Gap {
  /** "few": the examples are too few to say anything. */
  readonly kind: "few" | "none" | "small" | "large";
  /** Of the accuracies. */
  readonly difference: number;
  /** Of the loss on new examples, if it is known. */
  readonly trend: Trend | undefined;
}

type Read = Pick<ClassEvaluation, "accuracy" | "examples">;

/** `losses`: on new examples, at evenly spaced moments of the training and now; none if they are not known. */
export function gapOf(train: Read, test: Read, losses: readonly number[] = []): Gap {
  const difference = train.accuracy - test.accuracy;
  const { middle, width } = interval(train, test);
  const isChance = width > BY_HEART && Math.abs(middle) < width;
  const size = difference < NO_GAP ? "none" : difference < BY_HEART ? "small" : "large";
  return { kind: isChance ? "few" : size, difference, trend: trendOf(losses) };
}

/**
 * Where the difference of two shares is, with 95 % confidence: Agresti and Caffo's interval, which holds for few
 * examples too (The American Statistician 54, 2000): each share is taken with one hit and one miss more.
 */
function interval(a: Read, b: Read): { readonly middle: number; readonly width: number } {
  const share = ({ accuracy, examples: n }: Read) => (accuracy * n + 1) / (n + 2);
  const variance = (of: Read) => (share(of) * (1 - share(of))) / (of.examples + 2);
  return { middle: share(a) - share(b), width: 1.96 * Math.sqrt(variance(a) + variance(b)) };
}

/** In words; the losses are of so many test examples. */
export function saidOf({ kind, difference, trend }: Gap, count: number): string {
  const { gapFew, gapNone, gapSmall, gapLarge, gapOverfits, gapHelps } = words();
  if (kind === "few") return gapFew;
  if (kind === "none") return gapNone;
  const points = inDigits(100 * difference, 2);
  if (kind === "small") return gapSmall(points);
  if (trend === undefined) return gapLarge(points);
  const say = trend.helps ? gapHelps : gapOverfits;
  return say(points, inWhole(count), inDigits(trend.halfway), inDigits(trend.now));
}
