// Augmentation against NumPy and PyTorch, which compute the whole of it in float64 (golden/augment.py).
import { readFileSync } from "node:fs";
import { augment, Dataset } from "inkling";
import { describe, expect, test } from "vitest";
import { Reference } from "../src/backends/reference/reference.ts";
import type { AugmentOptions } from "../src/data/augmentation.ts";

interface Case {
  readonly shape: readonly number[];
  readonly seed: number;
  readonly example: number;
  readonly epoch: number;
  readonly copy: number;
  readonly options: AugmentOptions;
  readonly image: readonly number[];
  readonly augmented: readonly number[];
}

const golden = JSON.parse(readFileSync(new URL("golden/augment.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Case[];
};

describe("PyTorch's bytes are ours, but for one in a hundred that lies near ½", () => {
  test.each(
    golden.cases.map((one): [string, Case] => [`${one.shape.join(" × ")} ${JSON.stringify(one.options)}`, one]),
  )("%s", (_name, { shape, seed, example, epoch, copy, options, image, augmented }) => {
    const backend = new Reference();
    const inputs = Uint8Array.from(image);
    const warp = augment(options).warpFor("test", new Dataset({ name: "golden", shape, inputs }), seed);
    const draws = { epoch, copy, order: Uint32Array.of(example), start: 0 };
    const { bytes } = backend.augment(backend.pixels(inputs, inputs.length), warp, draws);
    const differences = augmented.map((byte, e) => Math.abs(byte - bytes[e]));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
    expect(differences.filter((difference) => difference > 0).length).toBeLessThanOrEqual(image.length / 100);
    // It has changed: half of what is not 0 has another byte.
    const lit = image.filter((byte) => byte > 0).length;
    expect(image.filter((byte, e) => byte !== augmented[e]).length).toBeGreaterThan(lit / 2);
  });
});
