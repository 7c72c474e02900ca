/**
 * T3 (784-128-10, Adam, batches of 128, one epoch) on 1, 2, 4 and 8 times MNIST's training images, which stay on the
 * disk, and on the same in memory: seconds, peak memory, and whether the weights are the same.
 *
 *   node bench/from-disk.js [--threads 2]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { adam, dense, flatten, network, train } from "inkling";
import { chooseBackend, idxDirectory, mnist } from "inkling/node";

const { values } = parseArgs({ options: { threads: { type: "string", default: "2" }, work: { type: "string" } } });

/** An IDX file's header: unsigned bytes of these dimensions. */
function header(dimensions) {
  const view = new DataView(new ArrayBuffer(4 + 4 * dimensions.length));
  view.setUint32(0, 0x0800 + dimensions.length);
  for (const [d, length] of dimensions.entries()) view.setUint32(4 + 4 * d, length);
  return new Uint8Array(view.buffer);
}

/**
 * Writes MNIST with its training images `times` times over; in a process of its own, because a process begins with its
 * parent's peak of memory.
 */
async function write(folder, times) {
  const { train: digits, test } = await mnist();
  const repeated = (bytes) => Buffer.concat(Array.from({ length: times }, () => bytes));
  const files = {
    "train-images-idx3-ubyte": [header([times * digits.count, 28, 28]), repeated(digits.inputs)],
    "train-labels-idx1-ubyte": [header([times * digits.count]), repeated(digits.labels)],
    "t10k-images-idx3-ubyte": [header([test.count, 28, 28]), test.inputs],
    "t10k-labels-idx1-ubyte": [header([test.count]), test.labels],
  };
  for (const [name, parts] of Object.entries(files)) writeFileSync(join(folder, name), Buffer.concat(parts));
}

/** In a process of its own: trains, and prints what it took. */
async function measure(folder, memory) {
  const digits = await idxDirectory(folder, { memory });
  const { backend } = await chooseBackend({ threads: Number(values.threads) });
  const model = network([28, 28, 1], [flatten(), dense(128, "relu"), dense(10)], { seed: 1, backend });
  const last = await train(model, digits.train, { epochs: 1, batchSize: 128, optimizer: adam() });
  const result = {
    seconds: last.seconds,
    peak: process.resourceUsage().maxRSS / 1024,
    sha: await model.weightsSha256(),
  };
  process.stdout.write(JSON.stringify(result));
  backend.close?.();
}

/** Does a part of the work in a process of its own; returns what that prints. */
function inProcess(...work) {
  const words = [fileURLToPath(import.meta.url), "--threads", values.threads, "--work", JSON.stringify(work)];
  return execFileSync(process.execPath, words, { encoding: "utf8" });
}

if (values.work !== undefined) {
  const [what, folder, number] = JSON.parse(values.work);
  await (what === "write" ? write(folder, number) : measure(folder, number));
} else {
  console.log("times  where      seconds  s/60,000  peak MiB  weights");
  for (const times of [1, 2, 4, 8]) {
    const folder = mkdtempSync(join(tmpdir(), "inkling-from-disk-"));
    try {
      inProcess("write", folder, times);
      const digests = [];
      for (const [where, memory] of [
        ["in memory", 2 ** 31],
        ["on disk", 0],
      ]) {
        const { seconds, peak, sha } = JSON.parse(inProcess("measure", folder, memory));
        digests.push(sha);
        const numbers = [seconds.toFixed(2).padStart(9), (seconds / times).toFixed(2).padStart(9)];
        console.log(
          `${times}      ${where.padEnd(9)}${numbers.join(" ")} ${peak.toFixed(0).padStart(9)}  ${sha.slice(0, 12)}`,
        );
      }
      if (digests[0] !== digests[1]) process.exitCode = 1;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}
