/** Random numbers and digests. The entry inkling/numbers. */
export { Stream } from "./random.ts";
export { MersenneTwister } from "./mersenne-twister.ts";
export { sha256 } from "./sha256.ts";
export { TreeSum } from "./tree-sum.ts";
