// A process of its own for lifetimes.ts: backends of machine code that come and go, and processes that end while
// helping threads compute.
//   node lifetimes.js closed COUNT     backends that are closed, one after the other
//   node lifetimes.js dropped COUNT    backends that nobody closes: the garbage collector ends their threads
//   node lifetimes.js exit             process.exit while the threads compute
//   node lifetimes.js throw            an error that nobody catches, while the threads compute
import { readdirSync } from "node:fs";
import { chooseBackend } from "inkling/node";
import { mappedBytes } from "inkling-native";

/** @import { Matrix } from "inkling/backends" */

const [mode, count = "1"] = process.argv.slice(2);

/** A backend, and a product on it that takes all threads some 10 ms. */
async function working() {
  const { backend } = await chooseBackend({ backend: "native", threads: 3 });
  const [x, W] = [backend.keep(640, 512), backend.keep(512, 512)];
  backend.write(x, new Float32Array(640 * 512).fill(1));
  backend.write(W, new Float32Array(512 * 512).fill(1));
  return { backend, multiply: () => backend.step(() => backend.matmul(x, W)) };
}

/** One backend; nothing of it is left in the caller. @param {number} number */
async function comeAndGo(number) {
  const { backend, multiply } = await working();
  const product = /** @type {Float32Array} */ (await backend.read(multiply()));
  if (!product.every((value) => value === 512)) throw new Error(`backend ${number} multiplies wrongly`);
  if (mode === "closed") /** @type {any} */ (backend).close();
}

/** Threads of this process. */
const threads = () => readdirSync("/proc/self/task").length;
const mib = () => process.memoryUsage().rss / 2 ** 20;
const waited = () => new Promise((resolve) => setTimeout(resolve, 5));

if (mode === "exit" || mode === "throw") {
  const { multiply } = await working();
  await waited();
  for (let i = 0; i < 20; i++) multiply();
  // The next one is published to the threads, and then this one ends the process.
  setTimeout(() => {
    if (mode === "exit") process.exit(0);
    throw new Error("nobody catches this");
  });
  for (let i = 0; i < 20; i++) multiply();
} else {
  let [before, code] = [0, 0];
  const threadsBefore = threads();
  for (let i = 0; i < Number(count); i++) {
    await comeAndGo(i);
    globalThis.gc?.();
    await waited();
    // The first ones load what stays.
    if (i === 4) [before, code] = [mib(), mappedBytes()];
  }
  const [grownMib, grownCode] = [Math.round(mib() - before), mappedBytes() - code];
  // A thread of a dropped backend ends some time after the collector has found that backend.
  for (let i = 0; i < 1000 && threads() > threadsBefore; i++) {
    globalThis.gc?.();
    await waited();
  }
  console.log(JSON.stringify({ grownMib, grownCode, moreThreads: threads() - threadsBefore }));
  process.exit(0);
}
