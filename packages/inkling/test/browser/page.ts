/** What the tests run in a page, and in a worker of it: the built library, as a user's page would import it. */
import { Dataset, dense, flatten, network, train, Wasm } from "inkling";
import { chooseHere, mnist } from "inkling/browser";
import { digestOf, trainings } from "../same-bits/trainings.ts";

/** What a choice of so many threads came to here. */
export interface Chosen {
  readonly threads: number;
  readonly reason: string;
}

/** The backends that a test has not closed yet. */
const open: Wasm[] = [];

/** Chooses a backend, as a user does. */
export function chosen(threads: number): Chosen {
  const { reason } = chosenBackend(threads);
  return { threads: open.at(-1)?.threads ?? 0, reason };
}

export function closeAll(): void {
  for (const backend of open.splice(0)) backend.close();
}

/** The digests that all trainings end with here. */
export async function digests(threads: number): Promise<Chosen & { digests: Record<string, string> }> {
  const { backend, reason } = chosenBackend(threads);
  const images = (await mnist("/mnist")).train;
  const ended: Record<string, string> = {};
  for (const [name, training] of Object.entries(trainings)) {
    ended[name] = await digestOf(training, images, backend);
  }
  return { threads: backend.threads, reason, digests: ended };
}

/** As `digests`, in a worker of the page. */
export function digestsInWorker(threads: number): Promise<Awaited<ReturnType<typeof digests>>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker("/test/browser/worker.js", { type: "module" });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(threads);
  });
}

/** Trains for so many milliseconds, beside a timer: the longest time for which it had to wait, and how often it came. */
export async function longestGap(milliseconds: number): Promise<{ ticks: number; gap: number }> {
  const { backend } = chosenBackend(navigator.hardwareConcurrency);
  const count = 12_800;
  const noise = Uint8Array.from({ length: count * 784 }, (_, e) => Math.max(0, ((e * 2654435761) >>> 24) * 5 - 1024));
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const images = new Dataset({ name: "noise", shape: [28, 28, 1], classes: 10, inputs: noise, labels });
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

function chosenBackend(threads: number): { backend: Wasm; reason: string } {
  const { backend, reason } = chooseHere({ threads });
  if (!(backend instanceof Wasm)) throw new Error(reason);
  open.push(backend);
  return { backend, reason };
}
