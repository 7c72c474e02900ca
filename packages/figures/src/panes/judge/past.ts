/**
 * What a network's layers were like before, in the training that it comes from: the weights that the training's worker
 * keeps from its first step on are looked at one after the other. What was looked at once is known.
 */
import type { Dataset, Network } from "inkling";
import type { CourseMoment } from "../../session/course.ts";
import { nextTurn } from "../../session/turn.ts";
import { type Moment, momentOf } from "./history.ts";
import { lookAt } from "./look.ts";

export class Past {
  #known = new Map<string, Moment>();
  #data: Dataset | undefined;

  /** Looks at the moments, the oldest first, and tells what it has after each of them. */
  async look(
    model: Network,
    data: Dataset,
    course: readonly CourseMoment[],
    signal: AbortSignal,
    tell: (moments: readonly Moment[]) => void,
  ): Promise<void> {
    if (this.#data !== data) this.#known.clear();
    this.#data = data;
    const known = new Map<string, Moment>();
    for (const { total, tensors } of course) {
      const key = `${total} ${fingerprint(tensors)}`;
      const before = this.#known.get(key);
      // A page that is busy with one moment answers before the next.
      if (before === undefined) await nextTurn();
      if (signal.aborted) return;
      const moment = before ?? momentOf(await lookAt(model, data, tensors));
      known.set(key, moment);
      this.#known.set(key, moment);
      if (!signal.aborted) tell([...known.values()]);
    }
    this.#known = known;
  }
}

/** Tells weights apart: FNV-1a over their bits. */
function fingerprint(tensors: CourseMoment["tensors"]): number {
  let hash = 0x811c9dc5;
  for (const [, values] of tensors) {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.byteLength >> 2);
    for (const word of bits) hash = Math.imul(hash ^ word, 0x01000193);
  }
  return hash;
}
