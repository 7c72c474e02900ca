import { version } from "inkling";
import type { MpiGroup } from "inkling-mpi";
import { expect, test } from "vitest";
import { MachineError, Machines } from "./machines.ts";

/** Rank 0 of two; the other one says `text`. */
function besides(text: string): MpiGroup {
  const other = new TextEncoder().encode(text);
  let calls = 0;
  return {
    ...{ rank: 0, size: 2, library: "an MPI of this test" },
    gather(own, all, { offsets }) {
      // First how long each text is, then the texts.
      const theirs = calls++ === 0 ? new Uint8Array(Int32Array.of(other.length).buffer) : other;
      all.set(own, offsets[0]);
      all.set(theirs, offsets[1]);
    },
    exchange() {},
    barrier() {},
    send() {},
    receive: () => undefined,
    close() {},
    abort() {
      throw new Error("abort");
    },
  };
}

const start = (facts: object) => new Machines(besides(JSON.stringify({ facts }))).start({ seed: "1" });

test("machines of one version that were started alike begin", () => {
  expect(() => start({ version, seed: "1" })).not.toThrow();
});

test("a rank of another version is refused before the first step, and named", () => {
  const sentence = `rank 1: expected ${version} for version, as on rank 0, got 0.0.9. Start all machines alike.`;
  expect(() => start({ version: "0.0.9", seed: "1" })).toThrow(new MachineError(sentence));
});

test("a rank that does not say its version is refused", () => {
  expect(() => start({ seed: "1" })).toThrow(/^rank 1: expected .* for version, as on rank 0, got none/);
});
