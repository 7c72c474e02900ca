/** What the figure of lanes says. */
import { messages } from "../words/messages.ts";

export const words = messages("f35-lanes", {
  question:
    "A register has several lanes, which add at the same time. What can stand side by side in it so that no bit of any sum changes?",
  terms: "several terms of one sum",
  outputs: "the sums of several outputs",
  either: "either: adding is adding",
  answer:
    "The sums of several outputs. Each lane then adds its own terms in the order in which one lane would. Several terms of one sum are added in another order, and another order is another rounding.",
  lanes: "Lanes",
  lanesOf: (lanes: number) => (lanes === 1 ? "1 lane" : `${lanes} lanes`),
  ways: "What the lanes are",
  across: "Lanes are outputs",
  along: "Lanes are terms of one sum",
  fuse: "Fused: x · w + s rounded once",
  instruction: "Instruction",
  instructionsExpected: "a number of instructions, or all",
  of: (done: string, all: string) => `${done} of ${all}`,
  back: "One back",
  next: "One instruction",
  play: "Play",
  end: "To the end",
  code: "The instructions here",
  splat: (k: string) => `x ← x[${k}] in all lanes`,
  fold: "s ← left half + right half",
  x: "x",
  w: "w",
  product: "p",
  sum: "s",
  orderAcross: "Every lane adds its terms k = 0, 1, 2 … 29, whatever the number of lanes.",
  orderAlong: (lanes: string, twice: string) =>
    lanes === "1"
      ? "One lane adds k = 0, 1, 2 … 29."
      : `Lane 0 adds k = 0, ${lanes}, ${twice} …, lane 1 the next ones. At the end the lanes themselves are added.`,
  registerMeans:
    "a register with its lanes; the one that was written last has a strong frame, hatched lanes do nothing",
  storedMeans: "an output that is stored: === has the library's bits, ≠ has others",
  countMeans: "how many instructions the layer takes with so many lanes",
  stored: "The ten outputs, and whether they have the library's bits",
  same: (same: string, all: string) =>
    same === all
      ? `At its end this program has stored all ${all} outputs with the bits that the library computes (===).`
      : `At its end this program has stored ${same} of ${all} outputs with the library's bits; the others differ in the last ones.`,
  counts: "Instructions for this layer and one digit",
  idle: (outputs: string, lanes: string, registers: string) =>
    registers === "1"
      ? `${outputs} outputs in one register of ${lanes} lanes: the others do nothing. Their results are not stored.`
      : `${outputs} outputs in ${registers} registers, which have ${lanes} lanes together: lanes beyond the last output do nothing.`,
  gather:
    "The weights of one output do not stand side by side in memory. A real machine would need more instructions here to collect them.",
});
