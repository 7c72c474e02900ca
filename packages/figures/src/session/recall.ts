/** What is known of a training's past: the course of one weight, and what the optimizer remembers. */
import { ArgumentError, type TrainingState } from "inkling";
import type { Numbers } from "inkling/backends";
import type { SentOptimizer, WeightHistory } from "./protocol.ts";
import type { Trainer } from "./trainer.ts";

/** The values of one number of a tensor: the first one, those of the moments that are kept, and that of now. */
export async function courseOf(
  { model, snapshots, total: now }: Trainer,
  first: ReadonlyMap<string, Numbers>,
  tensor: string,
  place: number,
): Promise<WeightHistory> {
  const own = model.tensors.find(({ name }) => name === tensor);
  if (own === undefined) throw new ArgumentError("history", "the name of a tensor", tensor);
  const value = (await model.backend.read(own.value))[place] ?? Number.NaN;
  const kept = snapshots.all.flatMap(({ total, state }) => {
    const then = state?.tensors[`model.${tensor}`]?.[place];
    return then === undefined || total >= now ? [] : [[total, then] as const];
  });
  const beginning = now === 0 ? [] : [[0, first.get(tensor)?.[place] ?? value] as const];
  const points = [...beginning, ...kept, [now, value] as const];
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
