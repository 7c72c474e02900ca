/** What the roofline says. */
import { messages } from "../words/messages.ts";

export const words = messages("f38-roofline", {
  question: "A layer of 784 × 128 reads one digit. What does it wait for?",
  arithmeticFirst: "arithmetic: 200,704 operations",
  memoryFirst: "memory: 100,352 weights have to come",
  neither: "neither: it is too small",
  answer:
    "For memory. Each weight comes, is multiplied once, and is not needed again. In a batch it is used for every digit: drag the batch, and the layer climbs along the slope until arithmetic is what holds it up. Adam stays where it is.",
  parts: "Which part",
  first: "784 × 128 layer",
  last: "128 × 10 layer",
  wide: "512 × 512 layer",
  adam: "Adam",
  batch: "Digits in a batch",
  batchPower: "log₂ of the digits in a batch",
  speed: "GFLOP/s at most",
  chart: (batch: string) => `Parts of a training under a machine's roof, with a batch of ${batch}`,
  slopeMeans: "the slope of the roof: here memory holds up, and more work for each byte makes faster",
  roofMeans: "the flat roof: here arithmetic holds up",
  seenMeans: "the part whose numbers stand below",
  otherMeans: "the other parts",
  work: "additions and multiplications",
  bytes: "bytes, at least",
  perByte: "work for each byte",
  atMost: "speed, at most",
  atLeast: "time, at least",
  heldUp: "held up by",
  memory: "memory",
  arithmetic: "arithmetic",
  machineArithmetic: "Arithmetic",
  machineMemory: "Memory",
  machineNote:
    "It begins with what was measured in the benchmark: one core with 16 lanes, and memory in Adam’s step. A model: caches, which hold a small layer’s weights from step to step, are not in it.",
  gigaflops: (number: string) => `${number} GFLOP/s`,
  gigabytes: (number: string) => `${number} GB/s`,
  microseconds: (number: string) => `${number} µs`,
});
