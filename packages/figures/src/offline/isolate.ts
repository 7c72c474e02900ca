/**
 * Threads share memory only in a page that is isolated from others, by two headers. Where the host does not send them,
 * the site's service worker adds them: it is registered, and the page is loaded once more.
 */
import { canKeep, registerWorker } from "./site-copy.ts";

const TRIED = "inkling-isolated";

/** Isolates the page where that is missing and possible. What a reader has begun is never interrupted. */
export async function isolatePage(): Promise<void> {
  // A figure in a frame has the isolation of the page around it.
  if (globalThis.crossOriginIsolated || !canKeep() || window.top !== window || wasTried()) return;
  await registerWorker();
  await navigator.serviceWorker.ready;
  if (navigator.serviceWorker.controller === null) {
    await new Promise((resolve) => {
      navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    });
  }
  if (navigator.userActivation?.hasBeenActive) return;
  if (markTried()) location.reload();
}

function wasTried(): boolean {
  try {
    return sessionStorage.getItem(TRIED) !== null;
  } catch {
    return true;
  }
}

/** Whether the mark could be set: without it a page might be loaded again and again. */
function markTried(): boolean {
  try {
    sessionStorage.setItem(TRIED, "yes");
    return true;
  } catch {
    return false;
  }
}
