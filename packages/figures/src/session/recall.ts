/** What is known of a training's past: the course of one weight, and what the optimizer remembers. */
import { ArgumentError, type TrainingState } from "inkling";
import type { Course } from "./course.ts";
import type { SentOptimizer, WeightHistory } from "./protocol.ts";
import type { Trainer } from "./trainer.ts";

/**
 * The values of one number of a tensor: those of the moments that were kept, from the first step on, and that of now.
 */
export async function courseOf(
  { model, total: now }: Trainer,
  course: Course,
  tensor: string,
  place: number,
): Promise<WeightHistory> {
  const own = model.tensors.find(({ name }) => name === tensor);
  if (own === undefined) throw new ArgumentError("history", "the name of a tensor", tensor);
  const value = (await model.backend.read(own.value))[place] ?? Number.NaN;
  const points = [...course.of(tensor, place, now), [now, value] as const];
  return { steps: points.map(([step]) => step), values: points.map(([, at]) => at) };
}

/** Under the names that the optimizer itself gives. */
export function memoryOfOptimizer({ tensors, numbers }: TrainingState): SentOptimizer["memory"] {
  return { tensors: namedIn("optimizer.", tensors), numbers: namedIn("optimizer.", numbers) };
}

function namedIn<Value>(start: string, all: Readonly<Record<string, Value>>): Record<string, Value> {
  const own = Object.entries(all).filter(([name]) => name.startsWith(start));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(start.length), value]));
}
