/**
 * Memory that holds code. It is writable first and executable afterwards, never both: a batch of code gets pages of its
 * own, they are filled, and then they lose the right to be written for ever. They stay while the process lives, because
 * a thread may be inside; so the bytes are counted, and there is a limit.
 */
import { CODE_ALIGNMENT } from "./assembler/code.ts";
import type { System, Unavailable } from "./koffi.ts";

const PAGE = 4096;
const MIB = 2 ** 20;

/** At most so many bytes of code in a process: thousands of kernels. */
export const CODE_LIMIT = 16 * MIB;

/** Bytes of code that have been mapped. One thread maps; the others get addresses from it. */
let mapped = 0;

/** Bytes of memory that hold code, in whole pages. */
export function mappedBytes(): number {
  return mapped;
}

/**
 * Puts pieces of code into new memory and gives their addresses, in the same order; all pieces share pages. The
 * addresses stay valid while the process lives, in every thread. Or it gives the reason why it cannot be done: the
 * limit is reached, or the system refuses. Then nothing was mapped.
 */
export function placeCode(system: System, pieces: readonly Uint8Array[]): readonly bigint[] | Unavailable {
  const offsets: number[] = [];
  let end = 0;
  for (const piece of pieces) {
    offsets.push(end);
    end += Math.ceil(piece.length / CODE_ALIGNMENT) * CODE_ALIGNMENT;
  }
  if (end === 0) return [];
  const bytes = Math.ceil(end / PAGE) * PAGE;
  if (mapped + bytes > CODE_LIMIT) {
    return { reason: `The ${CODE_LIMIT / MIB} MiB for native code are used up: ${mapped} bytes, and ${bytes} more.` };
  }
  // 0xcc between the pieces: a jump to a wrong place ends at once, and is seen.
  const contents = new Uint8Array(bytes).fill(0xcc);
  for (const [at, piece] of pieces.entries()) contents.set(piece, offsets[at]);
  const address = system.map(bytes);
  if (typeof address === "number") {
    return { reason: `The system gives no memory for native code (mmap: error ${address}).` };
  }
  system.copy(address, contents);
  const error = system.makeExecutable(address, bytes);
  if (error !== 0) {
    system.unmap(address, bytes);
    return { reason: `The system does not allow memory to become executable (mprotect: error ${error}).` };
  }
  mapped += bytes;
  return offsets.map((offset) => address + BigInt(offset));
}
