/** What the figure of workers says. */
import { messages } from "../words/messages.ts";

export const words = messages("f37-workers", {
  question: (count: string) =>
    `${count} numbers are added by 1, 2, 3 … 8 workers; each adds an equal share, then the shares are added. How many different sums are there, to the last bit?`,
  one: "one",
  several: "nearly as many as numbers of workers",
  cannot: "it differs from run to run",
  answer: (count: string) =>
    `${count} of 8. Each number of workers cuts the sum at other places, and that is another order. A law that says where sums are cut, and names no worker, gives one.`,
  terms: (count: string, output: string) =>
    `What ${count} test digits say about the bias of output ${output}: the terms p − y of its gradient, all of them.`,
  sums: "The sum by one to eight workers",
  blockMeans: "a block of 128 digits, with the number of the worker that adds it",
  ownMeans: "a sum that one worker makes alone, of blocks that are all its own",
  metMeans: "a sum in which sums of several workers meet",
  joinedMeans: "what is added to what",
  workers: "Workers",
  shares: "equal shares",
  law: "the law",
  tree: (workers: string) => `Blocks of terms and their sums as a tree, made by ${workers} workers`,
  treeNote: (block: string) =>
    `Each box is a block of ${block} digits with its worker's number. A circle with a number is a sum that one worker makes alone; in a ring sums of several workers meet. Who adds changes; what is added to what does not. ≠ stands where a sum is not that of one worker.`,
  work: (count: string, mean: string) =>
    `Equal shares give ${count} different sums for one to eight workers. The law gives one. Divided by the number of digits it is ${mean}, and the library's own kernel gives for ∂C/∂b`,
  equal: "the same bits (===).",
  unequal: "other bits.",
});
