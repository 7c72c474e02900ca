/** A backend joins a group: what is trained with it from then on is trained by all machines of the group together. */
import type { Backend } from "../backends/backend.ts";
import { CpuBackend } from "../backends/cpu-backend.ts";
import type { Chunks, FindChunk, Found, Sharing } from "../backends/sharing.ts";
import type { Totals } from "../backends/totals.ts";
import { ArgumentError } from "../errors.ts";
import { type Cut, cutOf, Exchange } from "./exchange.ts";
import { findTogether } from "./found.ts";
import type { Group } from "./group.ts";
import { type Batch, batchOf, groupKernels } from "./group-kernels.ts";
import { rowsOf } from "./shares.ts";

/**
 * Lets a backend share its batches with the other machines of a group. All of them train the same network on the same
 * data with the same options, and after every step all hold the same weights, to the last bit those of one machine
 * alone. All make the same calls: whoever leaves a training alone, or catches an error alone, leaves the others
 * waiting. A group of one changes nothing. Throws an ArgumentError for a backend of float64, or one that has joined.
 */
export function joinGroup(backend: Backend, group: Group): void {
  if (!(backend instanceof CpuBackend)) {
    throw new ArgumentError("joinGroup", "a backend of chooseBackend", backend.name);
  }
  if (backend.precision !== "float32") {
    const advice = "In float64 a batch is one block, which cannot be shared.";
    throw new ArgumentError("joinGroup", "a backend of float32", `one of ${backend.precision}`, advice);
  }
  if (backend.sharing !== undefined) {
    throw new ArgumentError("joinGroup", "a backend that is in no group", "one that has joined a group");
  }
  if (group.size === 1) return;
  const shared = new GroupSharing(group);
  backend.share(shared, (own, matrix) => groupKernels(own, shared, matrix));
}

class GroupSharing implements Sharing {
  readonly exchange: Exchange;
  batch: Batch | undefined;
  readonly #group: Group;
  /** The machine that last said yes. */
  #asking = 0;
  /** How batches of so many examples are cut: a training has two sizes of them. */
  readonly #cuts = new Map<number, Cut>();

  constructor(group: Group) {
    this.#group = group;
    this.exchange = new Exchange(group);
  }

  begin(examples: number): { first: number; rows: number } {
    const { rank, size } = this.#group;
    let cut = this.#cuts.get(examples);
    if (cut === undefined) {
      cut = cutOf(examples, size);
      this.#cuts.set(examples, cut);
    }
    this.batch = batchOf(cut, rank);
    const { first, end } = rowsOf(cut.shares[rank], examples);
    return end > first ? { first, rows: end - first } : { first: 0, rows: 1 };
  }

  end(): void {
    this.batch = undefined;
  }

  findAll(
    chunks: Chunks,
    totals: readonly Totals[] | undefined,
    find: FindChunk,
  ): Promise<(start: number, rows: number) => Found> {
    return findTogether(this.#group, this.exchange, chunks, totals, find);
  }

  any(isSo: boolean): boolean {
    const asking = this.exchange.numbers(isSo ? 1 : 0).findIndex((answer) => answer !== 0);
    if (asking !== -1) this.#asking = asking;
    return asking !== -1;
  }

  get reason(): Error {
    return Object.assign(new Error(`train: machine ${this.#asking} asked all to stop.`), { name: "AbortError" });
  }
}
