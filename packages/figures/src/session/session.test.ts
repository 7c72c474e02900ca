// What the page shows follows the worker, whatever the order in which answers come.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { firstState } from "../state/address.ts";
import { type Question, READY, type View } from "./protocol.ts";
import { Session } from "./session.ts";
import { workersFrom } from "./start.ts";

/** A worker that answers when the test wants it. */
class FakeWorker extends EventTarget {
  phase: View["phase"] = "paused";
  total = 0;
  readonly asked: Question[] = [];
  #isHeld = false;

  /** What waits for an answer; moments that are kept do not matter here. */
  get kinds(): readonly string[] {
    return this.asked.map(({ method }) => method).filter((method) => method !== "mark");
  }

  postMessage(message: Question | { base: string }): void {
    if ("base" in message) return;
    this.asked.push(message);
    if (!this.#isHeld) this.answer();
  }

  /** From now on questions wait, until `answer` is called. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Answers the first question of this kind; all, and all that come, without one. */
  answer(method?: Question["method"]): void {
    this.#isHeld = method !== undefined;
    const place = this.asked.findIndex((question) => question.method === method);
    for (const question of method === undefined ? this.asked.splice(0) : this.asked.splice(place, 1)) {
      this.#answer(question);
    }
  }

  #answer({ id, method }: Question): void {
    if (method === "run") this.phase = "running";
    const { phase, total } = this;
    const value = method === "pull" ? { phase, total, changes: [], curve: undefined } : undefined;
    // Each answer is a task of its own, as a worker's.
    setTimeout(() => this.dispatchEvent(new MessageEvent("message", { data: { id, value } })));
  }

  terminate(): void {}
}

let worker: FakeWorker;
beforeEach(() => {
  worker = new FakeWorker();
  workersFrom(() => {
    queueMicrotask(() => worker.dispatchEvent(new MessageEvent("message", { data: READY })));
    return worker as unknown as Worker;
  });
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("requestAnimationFrame", (call: () => void) => setTimeout(call, 1));
});
afterEach(() => {
  workersFrom(undefined);
  vi.unstubAllGlobals();
});

test("a start is followed to its end, also where a view from before it is on its way", async () => {
  const session = new Session({ base: "http://localhost/" });
  await session.open({ experiment: firstState().experiment, changes: [] });
  expect(session.view.phase).toBe("paused");
  // A step is done, and the view that says so is on its way …
  worker.hold();
  void session.run("step");
  await vi.waitFor(() => expect(worker.kinds).toEqual(["run", "pull"]));
  worker.answer("run");
  worker.phase = "paused";
  await vi.waitFor(() => expect(worker.kinds).toEqual(["pull", "pull"]));
  // … when the next start comes.
  const started = session.run("end");
  await vi.waitFor(() => expect(worker.kinds).toContain("run"));
  worker.answer();
  await started;
  expect(session.view.phase).toBe("running");
  worker.total = 7;
  worker.phase = "done";
  await vi.waitFor(() => expect([session.view.phase, session.view.total]).toEqual(["done", 7]));
  session.close();
});
