/** A worker that a user's page may have: the library runs in it, off the page's main thread. */
import { digests } from "./page.ts";

addEventListener("message", ({ data: threads }: MessageEvent<number>) => {
  // A rejected promise tells the page nothing; an error does.
  digests(threads).then(postMessage, (error) => {
    setTimeout(() => {
      throw error;
    });
  });
});
