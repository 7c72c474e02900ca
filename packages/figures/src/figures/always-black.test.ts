import { mnist } from "inkling/node";
import { expect, test } from "vitest";
import { ALWAYS_BLACK } from "./always-black.ts";

test("67 pixels are 0 in all 60,000 training images", async () => {
  const { train } = await mnist();
  const isInked = new Array<boolean>(784).fill(false);
  train.inputs.forEach((byte, i) => {
    if (byte !== 0) isInked[i % 784] = true;
  });
  expect(ALWAYS_BLACK).toEqual(isInked.flatMap((inked, k) => (inked ? [] : [k])));
  expect(ALWAYS_BLACK.length).toBe(67);
});
