/**
 * The model of cost: how long one step takes on so many machines. A machine's own part is measured, as that of
 * the busiest of that many (LoneGroup in groups.js); what is added is the time of its calls:
 *
 *     gather     ⌈log₂ size⌉ · latency + bytes received / bandwidth
 *     exchange   (size − 1) · latency + bytes sent / bandwidth
 *
 * A gather doubles in each round how many pieces everybody has; in an exchange everybody has a piece for everybody else.
 * Nothing overlaps with computing.
 */

/** @import { Call } from "./groups.js" */

/**
 * @typedef {{ latency: number, bandwidth: number }} Link seconds of a message, bytes a second in each direction
 */

/**
 * Seconds of the calls.
 *
 * @param {readonly Call[]} calls
 * @param {Link} link
 * @param {number} size
 */
export function secondsOf(calls, { latency, bandwidth }, size) {
  return calls.reduce((sum, { kind, sent, received }) => {
    return sum + (kind === "gather" ? gather(received) : exchange(Math.max(sent, received)));
  }, 0);

  /** @param {number} bytes */
  function gather(bytes) {
    return Math.ceil(Math.log2(size)) * latency + bytes / bandwidth;
  }

  /** @param {number} bytes */
  function exchange(bytes) {
    return (size - 1) * latency + bytes / bandwidth;
  }
}

/**
 * How much of `size` machines is used: the speed with them over `size` times the speed of one.
 *
 * @param {number} one seconds of a step on one machine
 * @param {number} many seconds of a step on all of them
 * @param {number} size
 */
export function efficiencyOf(one, many, size) {
  return one / (size * many);
}
