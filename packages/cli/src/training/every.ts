/** How often a checkpoint is written: after so much time, so many steps, or so many epochs. */
import { ArgumentError, type Progress } from "inkling";

export type Every =
  | { readonly unit: "seconds" | "steps" | "epochs"; readonly count: number }
  /** Every minute, but so rarely that writing costs at most a hundredth of the time. */
  | { readonly unit: "usual" };

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
/**
 * Where nothing is said: the seconds from one to the next, and how many times its own length has to pass between two.
 */
const [USUAL, RARELY] = [60, 100];

/** What `--every` stands for: 5m, 30s, 1h, 100steps, 2epochs; the usual if absent. Throws an ArgumentError. */
export function everyFrom(word: string | undefined): Every {
  if (word === undefined) return { unit: "usual" };
  const [, digits, unit = ""] = /^(\d{1,12}(?:\.\d{1,6})?)\s*(s|m|h|steps?|epochs?)$/.exec(word.trim()) ?? [];
  const count = Number(digits) * (SECONDS[unit] ?? 1);
  const isWhole = unit in SECONDS || Number.isSafeInteger(count);
  if (count > 0 && isWhole) {
    return { unit: unit in SECONDS ? "seconds" : unit.startsWith("step") ? "steps" : "epochs", count };
  }
  throw new ArgumentError("--every", "a time, steps or epochs, as 5m, 30s, 100steps or 2epochs", JSON.stringify(word));
}

/**
 * Whether a checkpoint is due. `seconds`: since the last one, or since the training began here; `cost`: how many
 * seconds the last one took.
 */
export function isDue(
  every: Every,
  { epoch, step, steps, epochEnded }: Pick<Progress, "epoch" | "step" | "steps" | "epochEnded">,
  { seconds, cost }: { readonly seconds: number; readonly cost: number },
): boolean {
  switch (every.unit) {
    case "usual":
      return seconds >= Math.max(USUAL, RARELY * cost);
    case "seconds":
      return seconds >= every.count;
    case "steps":
      return ((epoch - 1) * steps + step) % every.count === 0;
    case "epochs":
      return epochEnded && epoch % every.count === 0;
  }
}
