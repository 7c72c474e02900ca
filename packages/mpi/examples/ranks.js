// What the ranks of a group know, and that their bytes arrive. Run it by a launcher of MPI:
//   mpirun -n 2 node packages/mpi/examples/ranks.js
import { startGroup } from "inkling-mpi";

const group = await startGroup();

// Every rank gives one byte, and all get the bytes of all.
const counts = new Int32Array(group.size).fill(1);
const offsets = counts.map((_, rank) => rank);
const all = new Uint8Array(group.size);
group.gather(Uint8Array.of(group.rank), all, { counts, offsets });

console.log(`rank ${group.rank} of ${group.size}, heard from ${all.join(" ")}: ${group.library}`);
