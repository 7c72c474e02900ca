/** What a group finds of a data set: each machine has some chunks of it, and all get everything. */
import type { Chunks, FindChunk, Found } from "../backends/sharing.ts";
import { Totals } from "../backends/totals.ts";
import type { Exchange } from "./exchange.ts";
import type { Group } from "./group.ts";

/**
 * See Sharing. The losses of a chunk of whole blocks are a part of the tree, so they can be added as its blocks are.
 */
export async function findTogether(
  { rank, size }: Group,
  exchange: Exchange,
  { count, chunk: length, columns }: Chunks,
  totals: readonly Totals[] | undefined,
  find: FindChunk,
): Promise<(start: number, rows: number) => Found> {
  const bounds = Array.from({ length: size + 1 }, (_, r) => Math.floor((r * Math.ceil(count / length)) / size));
  const rowsOf = (r: number) => Math.min(bounds[r + 1] * length, count) - Math.min(bounds[r] * length, count);
  const counts = Array.from({ length: size }, (_, r) => columns * rowsOf(r));
  const own = { outputs: new Float32Array(counts[rank]), meaning: new Float32Array(counts[rank]) };
  const losses: number[] = [];
  for (let chunk = bounds[rank]; chunk < bounds[rank + 1]; chunk++) {
    const sums = totals?.map(() => new Totals());
    const { outputs, meaning } = await find(chunk * length, sums);
    own.outputs.set(outputs, (chunk - bounds[rank]) * length * columns);
    own.meaning.set(meaning, (chunk - bounds[rank]) * length * columns);
    for (const { loss } of sums ?? []) losses.push(loss.total);
  }
  if (totals !== undefined) {
    const members = totals.length;
    const chunks = counts.map((_, r) => members * (bounds[r + 1] - bounds[r]));
    const all = exchange.gather(Float64Array.from(losses), chunks);
    for (const [i, loss] of all.entries()) totals[i % members].loss.add(loss);
    for (const sums of totals) sums.examples = count;
  }
  const [outputs, meaning] = [exchange.gather(own.outputs, counts), exchange.gather(own.meaning, counts)];
  return (start, rows) => {
    const [from, to] = [start * columns, (start + rows) * columns];
    return { outputs: outputs.subarray(from, to), meaning: meaning.subarray(from, to) };
  };
}
