/**
 * The copy of the whole site that a reader can keep for offline use. The site's service worker makes it
 * (apps/site/worker/service-worker.js); here a page asks for it.
 */
import { dataBase } from "../data/base.ts";
import { fetchBytes, LoadError, type LoadOptions } from "../data/fetching.ts";
import { words } from "./words.ts";

/** What there is to keep, and whether it is kept. */
export interface SiteCopy {
  readonly version: string;
  readonly files: number;
  readonly bytes: number;
  readonly isKept: boolean;
}

/** Whether this page can keep anything: browsers allow it on https and on this machine. */
export function canKeep(): boolean {
  return globalThis.isSecureContext && "serviceWorker" in navigator && "caches" in globalThis;
}

/** Registers the site's service worker, which then serves every page of the site. */
export function registerWorker(base: string = dataBase()): Promise<ServiceWorkerRegistration> {
  return navigator.serviceWorker.register(`${base}sw.js`, { scope: base, updateViaCache: "none" });
}

/** Throws a LoadError where the site has nothing to keep. */
export async function findCopy(base: string = dataBase()): Promise<SiteCopy> {
  const url = `${base}offline.json`;
  const found = JSON.parse(new TextDecoder().decode(await fetchBytes(url, new AbortController().signal)));
  const { version, files, bytes } = found as SiteCopy;
  const whole = await caches.match(`${base}whole-copy.json`, { cacheName: `inkling ${base} ${version}` });
  return { version, files, bytes, isKept: whole !== undefined };
}

/** Fetches and keeps all files; tells how many bytes there are already. Throws a LoadError. */
export async function keepCopy(tell: (bytes: number) => void, { signal }: LoadOptions = {}): Promise<void> {
  await ask("save", tell, signal);
}

/** Removes the copy. */
export async function removeCopy(): Promise<void> {
  await ask("remove", () => {}, undefined);
}

interface Reply {
  readonly bytes?: number;
  readonly done?: true;
  readonly failed?: string;
}

async function ask(what: "save" | "remove", tell: (bytes: number) => void, signal: AbortSignal | undefined) {
  const registration = await registerWorker();
  await registration.update().catch(() => {});
  const { active } = await navigator.serviceWorker.ready;
  const { port1: port, port2 } = new MessageChannel();
  const stop = () => port.postMessage("stop");
  signal?.addEventListener("abort", stop);
  try {
    await new Promise<void>((resolve, reject) => {
      port.onmessage = ({ data }: MessageEvent<Reply>) => {
        if (data.bytes !== undefined) tell(data.bytes);
        if (data.failed !== undefined) reject(new LoadError(words().failed(data.failed)));
        else if (data.done) resolve();
      };
      active?.postMessage(what, [port2]);
    });
  } finally {
    signal?.removeEventListener("abort", stop);
    port.close();
  }
}
