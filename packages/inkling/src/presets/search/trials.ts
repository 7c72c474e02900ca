/**
 * The trials of a random search (Bergstra and Bengio 2012, "Random search for hyper-parameter optimization"). Trial i
 * draws each option from a stream of its own, "search learningRate" and so on, at the place i. So the first trials are
 * the same however many there are, and an option that is added to the space leaves the draws of the others as they are.
 *
 *   list             each value equally likely
 *   linear           v = from + u·(to − from)
 *   log              v = from·exp(u·ln(to / from))
 *   whole, linear    v = ⌊from + u·(to + 1 − from)⌋
 *   whole, log       v = ⌊from·exp(u·ln((to + 1) / from))⌋
 *
 * with u uniform on [0, 1), and the library's own exp and ln: engines differ in the last bit of theirs, and a learning
 * rate decides weights. A number that is not whole keeps about three digits that matter, so that it can be typed again.
 */
import { checkWhole } from "../../checks.ts";
import { exp, log } from "../../numbers/float64.ts";
import { Stream } from "../../numbers/random.ts";
import { type Configuration, fieldNames, fields } from "../fields.ts";
import type { Choice, Range, SearchSpace } from "./space.ts";

/** One trial: its number, from 1, and the values that it tries. */
export interface Trial {
  readonly trial: number;
  /** Only those that its configuration has a use for: a trial with Adam has no momentum. */
  readonly tries: Partial<Configuration>;
}

interface TrialOptions {
  readonly seed: number;
  /** How many. */
  readonly trials: number;
  /** The configuration of a trial that tries these values. */
  readonly complete: (tries: Partial<Configuration>) => Configuration;
}

/** How often a trial that repeats an earlier one is drawn again. */
const ATTEMPTS = 1000;

/**
 * Draws the trials of a space. No two are the same: where a small space has been tried in full, there are fewer trials
 * than asked for. Throws what `complete` throws.
 */
export function drawTrials(space: SearchSpace, { seed, trials, complete }: TrialOptions): Trial[] {
  checkWhole("drawTrials", "trials", trials, 1);
  const names = fieldNames.filter((name) => space[name] !== undefined);
  const streams = new Map(names.map((name) => [name, new Stream(seed, `search ${name}`)]));
  const seen = new Set<string>();
  const drawn: Trial[] = [];
  for (let trial = 1; trial <= trials; trial++) {
    for (let attempt = 0; ; attempt++) {
      if (attempt === ATTEMPTS) return drawn;
      const values = Array.from(streams, ([name, stream]) => {
        return [name, valueAt(space[name] as Range | Choice, stream, trial, attempt)] as const;
      });
      const all = Object.fromEntries(values) as Partial<Configuration>;
      const tries = used(all, complete(all));
      const text = JSON.stringify(tries);
      if (seen.has(text)) continue;
      seen.add(text);
      drawn.push({ trial, tries });
      break;
    }
  }
  return drawn;
}

/** The values that a configuration has a use for: the numbers of its own optimizer, loss and schedule. */
function used(tries: Partial<Configuration>, { optimizer, loss, schedule }: Configuration): Partial<Configuration> {
  const entries = Object.entries(tries).filter(([name]) => {
    const { optimizers = [optimizer], losses = [loss], schedules = [schedule] } = fields[name as keyof Configuration];
    return optimizers.includes(optimizer) && losses.includes(loss) && schedules.includes(schedule);
  });
  return Object.fromEntries(entries);
}

function valueAt(entry: Range | Choice, stream: Stream, trial: number, attempt: number): unknown {
  if ("values" in entry) return entry.values[stream.below(entry.values.length, attempt, trial)];
  const { from, to, scale, isWhole } = entry;
  const u = stream.uniform(attempt, trial);
  const end = isWhole ? to + 1 : to;
  const value = scale === "log" ? from * exp(u * log(end / from)) : from + u * (end - from);
  return Math.min(to, Math.max(from, isWhole ? Math.floor(value) : Number(value.toPrecision(digitsOf(from, to)))));
}

/** Three digits, and one more for each power of ten by which the range is narrower than its numbers are large. */
function digitsOf(from: number, to: number): number {
  let digits = 3;
  for (let ratio = Math.max(Math.abs(from), Math.abs(to)) / (to - from); ratio >= 10 && digits < 15; ratio /= 10) {
    digits++;
  }
  return digits;
}

/** Where in a range a number lies, by the range's scale: 0 at its beginning, 1 at its end. */
export function placeInRange({ from, to, scale }: Range, value: number): number {
  return scale === "log" ? log(value / from) / log(to / from) : (value - from) / (to - from);
}
