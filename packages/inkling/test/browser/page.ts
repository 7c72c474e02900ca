/** What the tests run in a page, and in a worker of it: the built library, as a user's page would import it. */
import { Dataset, dense, flatten, network, train } from "inkling";
import type { Backend, Choice } from "inkling/backends";
import { chooseBackend, mnist } from "inkling/browser";
import { digestOf, trainings } from "../same-bits/trainings.ts";

interface Ended {
  readonly threads: number;
  readonly reason: string;
  readonly digests: Readonly<Record<string, string>>;
}

/**
 * The digests that trainings end with here, on a backend that was asked for so many threads: all of them, or each
 * `every`-th from number `from` on.
 */
export async function digests(threads: number, every = 1, from = 0): Promise<Ended> {
  const { backend, reason } = await chosen(threads);
  const images = (await mnist("/mnist")).train;
  const ended: Record<string, string> = {};
  for (const [i, [name, training]] of Object.entries(trainings).entries()) {
    if (i % every !== from) continue;
    ended[name] = await digestOf(training, images, backend);
  }
  return { threads: backend.threads, reason, digests: ended };
}

/** As `digests`, in a worker of the page. */
export function digestsInWorker(...given: Parameters<typeof digests>): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const worker = new Worker("/test/browser/worker.js", { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(given);
  });
}

/**
 * Trains for so many milliseconds beside a timer of 10: how often the timer came, and the longest time, in
 * milliseconds, that it did not.
 */
export async function longestGap(milliseconds: number): Promise<{ ticks: number; gap: number }> {
  const { backend } = await chosen(navigator.hardwareConcurrency);
  const count = 12_800;
  const inputs = Uint8Array.from({ length: count * 784 }, (_, e) => Math.max(0, ((e * 97) % 1280) - 1024));
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const images = new Dataset({ name: "images", shape: [28, 28, 1], classes: 10, inputs, labels });
  const model = network([28, 28, 1], [flatten(), dense(128, "relu"), dense(10)], { seed: 1, backend });
  let [ticks, gap, last] = [0, 0, performance.now()];
  const tick = () => {
    ticks++;
    gap = Math.max(gap, performance.now() - last);
    last = performance.now();
  };
  const timer = setInterval(tick, 10);
  const end = performance.now() + milliseconds;
  for await (const _ of train(model, images, { epochs: 1000, batchSize: 128 })) if (performance.now() > end) break;
  clearInterval(timer);
  tick();
  return { ticks, gap };
}

let opened: Backend | undefined;

export async function open(threads: number): Promise<void> {
  opened = (await chosen(threads)).backend;
}

/** How many threads `chooseBackend` finds. */
export async function threadsFound(threads: number): Promise<number> {
  const { backend } = await chooseBackend({ threads });
  backend.close?.();
  return backend.threads;
}

export function close(): void {
  opened?.close?.();
}

/** Closes a backend before its workers can have started. */
export async function openAndClose(threads: number): Promise<void> {
  await open(threads);
  close();
}

/** Chooses as a user does, and insists on the fast backend. */
async function chosen(threads: number): Promise<Choice> {
  const choice = await chooseBackend({ threads });
  if (choice.backend.name !== "wasm") throw new Error(choice.reason);
  return choice;
}
