// Twenty minutes and more: of each preset's whole training on MNIST the doctor has nothing to say.
import { mnist } from "inkling/node";
import { presets } from "inkling/presets";
import { expect, test } from "vitest";
import { diagnosedPreset, presetsOfDigits } from "./diagnosed.ts";

const digits = await mnist();

test.each(presetsOfDigits)("nothing is said of the whole preset %s", async (name) => {
  const { examples, epochs } = presets[name];
  expect(await diagnosedPreset(name, digits, examples, epochs)).toEqual([]);
});
