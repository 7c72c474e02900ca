/**
 * The worker that trains. The page imports this module too, to learn its address (start.ts): only where the scope has
 * the session's name does it begin to serve.
 */
import { chooseBackend } from "inkling/browser";
import { openDigits } from "../data/digits.ts";
import { type Question, READY } from "./protocol.ts";
import { Service } from "./service.ts";
import type { Sources } from "./sources.ts";

/** Where this module lies: a worker imports it from there. */
export const address: string = import.meta.url;

/** What is there of a worker's scope, in types that a page's have, too. */
interface Scope {
  readonly name?: unknown;
  postMessage(message: unknown, options?: { transfer: Transferable[] }): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Question | { base: string }>) => void): void;
}

/** The site's digits. */
function digitsUnder(base: string): Sources {
  const digits = openDigits(base);
  return {
    train: (count) => digits.train(count),
    test: () => digits.test(10_000),
    get progress() {
      return digits.progress;
    },
  };
}

/** One core is left to the page. */
function threads(): number {
  return Math.max(1, Math.min(64, (navigator.hardwareConcurrency || 1) - 1));
}

/** Serves the page that started this worker: its first message says where the site's files lie. */
export function serve(scope: Scope): void {
  let service: Service | undefined;
  const choice = () => chooseBackend({ threads: threads() });
  let backend: ReturnType<typeof choice> | undefined;
  scope.addEventListener("message", async ({ data }) => {
    if ("base" in data) {
      service = new Service({
        sources: digitsUnder(data.base),
        backend: () => {
          backend ??= choice();
          return backend;
        },
      });
      return;
    }
    const answer = await service?.answer(data);
    if (answer !== undefined) scope.postMessage(answer);
  });
  scope.postMessage(READY);
}

const scope = globalThis as unknown as Scope;
if (typeof document === "undefined" && scope.name === READY) serve(scope);
