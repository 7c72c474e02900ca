// What machine code and the library agree on has a version. Machine code of another package, made for other places in
// the memory, would write anywhere.
import { createHash } from "node:crypto";
import { args, layout, SEAM_VERSION } from "inkling/kernels";
import { expect, test } from "vitest";

/**
 * The digest of all places and numbers, by version of the seam. Never change one: raise SEAM_VERSION and add a line.
 */
const agreed: Record<number, string> = {
  1: "234c649251806d2d4ea15985be6c1e2eec6810d7cad692bfad442251dfea5ac0",
  2: "ca7d40edd51ae3e8cc203784f30f3f10594b5dab336b7d04f824fc455df55091",
  3: "a92b85222bdd2725ffc02c8bd16826cd1cf8b4d37c6af0e7d26af4f799de1d70",
  4: "3d9e5342455e428ff49db641661f8840fef26d02b3b91be7707136f11cfdb63e",
  5: "92105ff46a69cb4a45624a6da005adaf08de53fb874046f8fd500ce883408f9b",
  6: "46496a576e6bce72310425a1f318d0a846f94e9eb6eedfb9f05246ab7972bd1c",
  7: "938f2c04a796e6c0e01739e078982539fef9e06f941112c3ed532eeae7b100a0",
};

test("whoever moves a place of the memory raises SEAM_VERSION", () => {
  const places = JSON.stringify([{ ...layout }, { ...args }].map((table) => Object.entries(table).toSorted()));
  expect(createHash("sha256").update(places).digest("hex")).toBe(agreed[SEAM_VERSION]);
  expect(Object.keys(agreed)).toHaveLength(SEAM_VERSION);
});
