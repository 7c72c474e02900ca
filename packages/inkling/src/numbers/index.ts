/** Random numbers, digests, and the statistics of a few results. The entry inkling/numbers. */
export { Stream } from "./random.ts";
export { MersenneTwister } from "./mersenne-twister.ts";
export { sha256 } from "./sha256.ts";
export { deviationOf, meanOf } from "./statistics.ts";
export { TreeSum } from "./tree-sum.ts";
