/**
 * Machines that train one model together, as the library sees them: who one is, and three ways to exchange bytes. What
 * carries the bytes is somebody else's (inkling-mpi has MPI). All machines make the same calls in the same order, and a
 * call returns when the bytes have arrived.
 */

/** Where the bytes for each machine lie in one array: those for machine r are counts[r] bytes from offsets[r] on. */
export interface Pieces {
  readonly counts: Int32Array;
  readonly offsets: Int32Array;
}

export interface Group {
  /** This machine's number, from 0 on. */
  readonly rank: number;
  /** How many machines there are. */
  readonly size: number;
  /** Gives each machine its piece of `sent`, and takes from each what it gives this one. */
  exchange(sent: Uint8Array, sending: Pieces, received: Uint8Array, receiving: Pieces): void;
  /** Gives `own` to all, and takes all pieces, one machine's after the other's. `own` must not lie in `all`. */
  gather(own: Uint8Array, all: Uint8Array, pieces: Pieces): void;
  /** Returns when all machines have called it. */
  barrier(): void;
}

/** What one machine wrote to another. */
export interface Message {
  readonly from: number;
  readonly bytes: Uint8Array;
}

/** Machines that write to each other one by one, where one has something to say: a farm of tasks needs no more. */
export interface Messenger {
  readonly rank: number;
  readonly size: number;
  /** Writes to another machine. It may return only when that one reads the message. */
  send(to: number, bytes: Uint8Array): void;
  /** The next message that is here; undefined where there is none. Messages of one machine come in their order. */
  receive(): Message | undefined;
}
