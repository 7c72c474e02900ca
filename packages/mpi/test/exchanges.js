// A rank of groups.test.ts: random pieces of random sizes against what they have to be. Every rank draws the same
// sizes, and a byte is known by who gives it to whom.
import assert from "node:assert/strict";
import { startGroup } from "inkling-mpi";

const group = await startGroup();
const { rank, size } = group;
const ranks = Array.from({ length: size }, (_, r) => r);

/** @type {number} */
let drawn = 1;
/** A whole number below `below`, the same on all ranks. */
const draw = (/** @type {number} */ below) => {
  drawn = (Math.imul(drawn, 1664525) + 1013904223) >>> 0;
  return Math.floor((drawn / 2 ** 32) * below);
};
const byteOf = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ i) =>
  (31 * from + 17 * to + 7 * i + (i >> 8)) & 255;

const memory = new WebAssembly.Memory({ initial: 24, maximum: 24, shared: true });
let top = 0;
/** Bytes of the shared memory, at an odd offset, with others before and behind. */
const view = (/** @type {number} */ bytes) => {
  const start = (top + 64) | 1;
  top = start + bytes;
  return new Uint8Array(memory.buffer, start, bytes);
};
/** Where pieces lie, with a gap before each. */
const placed = (/** @type {number[]} */ counts, /** @type {number} */ gap) => {
  let at = 0;
  const offsets = counts.map((count) => {
    const offset = at + gap;
    at = offset + count;
    return offset;
  });
  return { counts: Int32Array.from(counts), offsets: Int32Array.from(offsets), bytes: at };
};

const sizes = [
  () => 0,
  () => 1,
  () => draw(2) * draw(50),
  () => draw(5000),
  () => (draw(3) === 0 ? 40_000 + draw(1000) : 0),
];
for (let round = 0; round < 10; round++) {
  top = 0;
  new Uint8Array(memory.buffer).fill(255);
  const sizeOf = sizes[round % sizes.length] ?? (() => 0);
  // bytes[from][to]
  const bytes = ranks.map(() => ranks.map(() => sizeOf()));
  const gap = draw(3);
  const sending = placed(bytes[rank] ?? [], gap);
  const receiving = placed(
    ranks.map((from) => bytes[from]?.[rank] ?? 0),
    gap,
  );
  const [sent, received] = [view(sending.bytes), view(receiving.bytes)];
  for (const to of ranks) {
    const [count, offset] = [sending.counts[to] ?? 0, sending.offsets[to] ?? 0];
    for (let i = 0; i < count; i++) sent[offset + i] = byteOf(rank, to, i);
  }
  group.exchange(sent, sending, received, receiving);
  const expected = new Uint8Array(receiving.bytes).fill(255);
  for (const from of ranks) {
    const [count, offset] = [receiving.counts[from] ?? 0, receiving.offsets[from] ?? 0];
    for (let i = 0; i < count; i++) expected[offset + i] = byteOf(from, rank, i);
  }
  assert.deepEqual(received.slice(), expected, `exchange of round ${round}`);

  // gather: what rank r gives is what it would give to rank 0.
  const pieces = placed(
    ranks.map((from) => bytes[from]?.[0] ?? 0),
    gap,
  );
  const [own, all] = [view(pieces.counts[rank] ?? 0), view(pieces.bytes)];
  for (let i = 0; i < own.length; i++) own[i] = byteOf(rank, 0, i);
  group.gather(own, all, pieces);
  const gathered = new Uint8Array(pieces.bytes).fill(255);
  for (const from of ranks) {
    const [count, offset] = [pieces.counts[from] ?? 0, pieces.offsets[from] ?? 0];
    for (let i = 0; i < count; i++) gathered[offset + i] = byteOf(from, 0, i);
  }
  assert.deepEqual(all.slice(), gathered, `gather of round ${round}`);
  group.barrier();
}

// Messages: every rank writes to the first one, which answers each with its first bytes and one more.
const lengths = [0, 1, 300_000, 5];
const messageOf = (/** @type {number} */ from, /** @type {number} */ i) =>
  Uint8Array.from({ length: lengths[i] ?? 0 }, (_, b) => byteOf(from, i, b));
/** Waits for a message. */
const received = () => {
  for (;;) {
    const message = group.receive();
    if (message !== undefined) return message;
  }
};
if (rank > 0) {
  for (const i of lengths.keys()) {
    group.send(0, messageOf(rank, i));
    assert.deepEqual(received(), { from: 0, bytes: Uint8Array.of(...messageOf(rank, i).slice(0, 9), i) });
  }
} else {
  const heard = ranks.map(() => 0);
  for (let left = (size - 1) * lengths.length; left > 0; left--) {
    const { from, bytes } = received();
    const i = heard[from]++;
    assert.deepEqual(bytes, messageOf(from, i), `message ${i} of rank ${from}`);
    group.send(from, Uint8Array.of(...bytes.slice(0, 9), i));
  }
}
assert.equal(group.receive(), undefined);
assert.throws(() => group.send(rank, new Uint8Array(1)), /expected another rank, from 0 to/);
assert.throws(() => group.send(size, new Uint8Array(1)), /expected another rank, from 0 to/);
group.barrier();

// An access outside of a WebAssembly memory is still an error: MPI has not taken its signal.
const outside = Uint8Array.from([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 5, 1, 1, 102, 0, 0],
  ...[10, 11, 1, 9, 0, 65, 128, 128, 4, 40, 2, 0, 11],
]);
const { f } = new WebAssembly.Instance(new WebAssembly.Module(outside)).exports;
assert.throws(/** @type {() => void} */ (f), WebAssembly.RuntimeError);

console.log(`rank ${rank} of ${size} is right`);
