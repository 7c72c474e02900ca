/** What the race says. */
import { messages } from "../words/messages.ts";

export const words = messages("f34-race", {
  question:
    "The same product, in the same browser, on one thread: how many times faster than three plain loops is the library's kernel?",
  little: "less than 3 times: the browser compiles loops, too",
  several: "3 to 10 times",
  many: "more than 10 times",
  notYet: "Your computer decides: start the race.",
  answer: (ratio: string) =>
    `On this computer ${ratio} times. Four lanes are only a part of it. The rest is not to wait: for the sum before, and for memory.`,
  sizes: "Which product",
  first: "784 × 128, first layer",
  middle: "512 × 512, middle layer",
  last: "30 × 10, batch of ten",
  product: (m: string, k: string, n: string, work: string) =>
    `x (${m} × ${k}) times W (${k} × ${n}): ${work} additions and multiplications.`,
  start: "Start the race",
  loops: "Three loops, as the equation is written",
  reference: "The library's reference: loops in the order of memory",
  wasm: "The library's kernel, WebAssembly, one thread",
  threads: "The same kernel on all threads",
  onThreads: (count: string) => `The same kernel on ${count} threads`,
  speeds: "Speeds of the product",
  way: "way",
  speedMeans: "a bar: how many additions and multiplications a second, measured here and now",
  measuredMeans: "a dashed bar: what was measured on another computer",
  open: "not measured yet",
  running: "is measured …",
  none: "This page may not share memory between threads.",
  gigaflops: (number: string) => `${number} GFLOP/s`,
  more: (ratio: string, one: string, digits: string, all: string) =>
    `${ratio} × the three loops. A product takes ${one}, ${digits} digits take ${all}.`,
  seconds: (number: string) => `${number} s`,
  milliseconds: (number: string) => `${number} ms`,
  microseconds: (number: string) => `${number} µs`,
  compared: (count: string) => `All ${count} numbers of the results, compared bit by bit:`,
  same: "the same (===).",
  other: "not the same.",
  elsewhere: "For comparison: measured elsewhere",
  wasmElsewhere: "WebAssembly, one core of an Intel Xeon",
  nativeElsewhere: "Machine code with 16 lanes, the same core",
  elsewhereNote:
    "By bench/products.js on dense products. A browser lets no page write machine code; on the command line the library does.",
});
