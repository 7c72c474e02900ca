// A rank of groups.test.ts that ends in the way that its argument names, while the others wait for it.
import { startGroup } from "inkling-mpi";

const [, , how] = process.argv;
const group = await startGroup();
group.barrier();

/** Pieces of one byte for each rank. */
const counts = new Int32Array(group.size).fill(1);
const offsets = counts.map((_, rank) => rank);
const bytes = () => new Uint8Array(group.size);
const pieces = { counts, offsets };

const ways = {
  throws() {
    throw new Error("the disk is full");
  },
  killed: () => process.kill(process.pid, "SIGKILL"),
  exits: () => process.exit(3),
  aborts: () => group.abort(5),
  // Pieces that do not lie in their array.
  refused: () => group.exchange(bytes(), pieces, bytes(), { counts: counts.map((count) => count + 1), offsets }),
};

if (how === "closes") {
  group.close();
  try {
    group.barrier();
  } catch (error) {
    console.log(String(error));
  }
} else if (how === "truncates") {
  // Rank 1 gives rank 0 two bytes where rank 0 expects one.
  const given = group.rank === 1 ? counts.map((count, to) => (to === 0 ? count + 1 : count)) : counts;
  try {
    group.exchange(new Uint8Array(2 * group.size), { counts: given, offsets }, bytes(), pieces);
    group.barrier();
  } catch (error) {
    console.log(String(error));
  }
} else if (how !== "ends") {
  if (group.rank === 1) ways[/** @type {keyof typeof ways} */ (how)]();
  for (;;) group.exchange(bytes(), pieces, bytes(), pieces);
}
