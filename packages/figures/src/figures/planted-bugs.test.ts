import { dense, flatten, network } from "inkling";
import { trace } from "inkling/proofs";
import { expect, test } from "vitest";
import { type Bug, bugs, claimsOf } from "./planted-bugs.ts";
import type { Dense, Traced } from "./traced.ts";

const KINDS = ["b2", "W2", "b1", "W1"] as const;

async function traced(): Promise<Traced> {
  const model = network([2, 2, 1], [flatten(), dense(3, "sigmoid"), dense(10)], { seed: 3 });
  const pixels = Uint8Array.of(0, 80, 160, 255);
  const found = await trace(model, pixels, { label: 4 });
  const [hidden, output] = [found.layers[1]?.dense as Dense, found.layers[2]?.dense as Dense];
  const names = { hidden: "layers.1", output: "layers.2" };
  return { trace: found, pixels, truth: 4, label: 4, hidden, output, names, p: found.softmax?.probabilities ?? [] };
}

/** Which of the four gradients are as the trace has them. */
function rightOnes(own: Traced, bug: Bug | undefined): string[] {
  const { hidden, output } = own;
  const truth = { b2: output.back.db, W2: output.back.dW.values, b1: hidden.back.db, W1: hidden.back.dW.values };
  const claims = claimsOf(own, bug);
  return KINDS.filter((kind) =>
    claims[kind].every((value, e) => Math.abs(value - (truth[kind][e] ?? 0)) < 1e-6 && claims[kind].length > 0),
  );
}

test("without a bug the four lines compute the library's gradients", async () => {
  expect(rightOnes(await traced(), undefined)).toEqual(KINDS);
});

test.each(Object.keys(bugs) as Bug[])(
  "the bug %s makes wrong what its line computes, and what follows from it",
  async (bug) => {
    const own = await traced();
    const wrong = [KINDS, ["W2"], ["b1", "W1"], ["W1"]][bugs[bug]] as readonly string[];
    expect(rightOnes(own, bug)).toEqual(KINDS.filter((kind) => !wrong.includes(kind)));
  },
);
