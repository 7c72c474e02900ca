/** Groups for measuring: one that is alone and receives nothing from others, and one that keeps the time of its calls. */

/** @import { Group, Pieces } from "inkling/groups" */

/**
 * The bytes of one call on one machine.
 *
 * @typedef {{ kind: "exchange" | "gather", sent: number, received: number }} Call
 */

/**
 * One machine of many, where the others do not exist: it computes and copies what it would with them, and notes what it
 * would have sent and received. What it computes is worth nothing: in place of the others' bytes it takes its own.
 *
 * @implements {Group}
 */
export class LoneGroup {
  /** @type {Call[]} */
  calls = [];

  /**
   * @param {number} rank
   * @param {number} size
   */
  constructor(rank, size) {
    this.rank = rank;
    this.size = size;
  }

  /**
   * @param {Uint8Array} sent
   * @param {Pieces} sending
   * @param {Uint8Array} received
   * @param {Pieces} receiving
   */
  exchange(sent, sending, received, receiving) {
    const own = sent.subarray(sending.offsets[this.rank], sending.offsets[this.rank] + sending.counts[this.rank]);
    fill(own, received, receiving);
    this.calls.push({ kind: "exchange", sent: this.#others(sending), received: this.#others(receiving) });
  }

  /**
   * @param {Uint8Array} own
   * @param {Uint8Array} all
   * @param {Pieces} pieces
   */
  gather(own, all, pieces) {
    fill(own, all, pieces);
    this.calls.push({ kind: "gather", sent: own.byteLength * (this.size - 1), received: this.#others(pieces) });
  }

  barrier() {}

  /** @param {Pieces} pieces */
  #others({ counts }) {
    return counts.reduce((sum, count) => sum + count, 0) - counts[this.rank];
  }
}

/**
 * A group that keeps the seconds of each of its calls, from the moment that this machine calls.
 *
 * @implements {Group}
 */
export class TimedGroup {
  /** @type {number[]} */
  seconds = [];
  #group;

  /** @param {Group} group */
  constructor(group) {
    this.#group = group;
    this.rank = group.rank;
    this.size = group.size;
  }

  /** @param {Parameters<Group["exchange"]>} given */
  exchange(...given) {
    this.#time(() => this.#group.exchange(...given));
  }

  /** @param {Parameters<Group["gather"]>} given */
  gather(...given) {
    this.#time(() => this.#group.gather(...given));
  }

  barrier() {
    this.#group.barrier();
  }

  /** @param {() => void} call */
  #time(call) {
    const started = performance.now();
    call();
    this.seconds.push((performance.now() - started) / 1000);
  }
}

/**
 * Copies the own bytes to each piece, as many as fit.
 *
 * @param {Uint8Array} own
 * @param {Uint8Array} all
 * @param {Pieces} pieces
 */
function fill(own, all, { counts, offsets }) {
  for (const [machine, at] of offsets.entries()) {
    const piece = all.subarray(at, at + counts[machine]);
    const bytes = own.subarray(0, piece.length);
    piece.set(bytes);
    piece.fill(0, bytes.length);
  }
}
